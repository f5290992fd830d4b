import type { ChildProcess } from "node:child_process";
import type { Cluster } from "node:cluster";
import type { Agent } from "node:http";
import type { Worker } from "node:worker_threads";
import { quote } from "../core/check-options.ts";
import type { Owner, Resource } from "../core/resource.ts";
import { ChildProcessResource, isChildProcess } from "./child-process.ts";
import { ClusterWorkers, isClusterPrimary } from "./cluster-workers.ts";
import { Dispatcher, type DispatcherLike, isDispatcher } from "./dispatcher.ts";
import { DisposableResource, isDisposable } from "./disposable.ts";
import { HttpAgent, isHttpAgent } from "./http-agent.ts";
import { type AnyStream, isStream, StreamResource } from "./stream.ts";
import { isWorkerThread, WorkerThread } from "./worker-thread.ts";

/**
 * What `use` takes: Node's own kinds of resources, which it closes better than they do themselves, and all that has a
 * `Symbol.asyncDispose` or a `Symbol.dispose`.
 */
export type Usable =
	| ChildProcess
	| Worker
	| Cluster
	| Agent
	| DispatcherLike
	| AnyStream
	| AsyncDisposable
	| Disposable;

/** One kind of resource: how it is told from the others, and what closes it. */
interface ResourceKind {
	/** For the error that says what was wanted. */
	readonly what: string;
	readonly matches: (thing: unknown) => boolean;
	readonly resource: (thing: unknown, owner: Owner) => Resource;
}

function kind<Thing>(
	what: string,
	matches: (thing: unknown) => thing is Thing,
	Kind: new (thing: Thing, owner: Owner) => Resource,
): ResourceKind {
	return { what, matches, resource: (thing, owner) => new Kind(thing as Thing, owner) };
}

/** In the order in which they are tried: several are disposable too, and would be cut short by that. */
const KINDS: readonly ResourceKind[] = [
	kind("a child process", isChildProcess, ChildProcessResource),
	kind("a worker thread", isWorkerThread, WorkerThread),
	kind("node:cluster (of a primary)", isClusterPrimary, ClusterWorkers),
	kind("an http.Agent", isHttpAgent, HttpAgent),
	kind("a dispatcher of undici", isDispatcher, Dispatcher),
	kind("a stream", isStream, StreamResource),
	kind("a resource with Symbol.asyncDispose or Symbol.dispose", isDisposable, DisposableResource),
];

/**
 * Begins to watch `thing`, so that it can be closed.
 * @throws {TypeError} where it is of no kind that can be, saying which there are
 */
export function resourceOf(name: string, thing: unknown, owner: Owner): Resource {
	const known = KINDS.find(({ matches }) => matches(thing));
	if (known !== undefined) return known.resource(thing, owner);
	const wanted = KINDS.map(({ what }) => what).join(", ");
	throw new TypeError(`"${name}": wanted ${wanted}, got ${quote(thing)}`);
}
