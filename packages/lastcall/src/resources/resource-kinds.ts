import type { ChildProcess } from "node:child_process";
import type { Cluster } from "node:cluster";
import type { Agent } from "node:http";
import type { Worker } from "node:worker_threads";
import { quote } from "../core/check-options.ts";
import { findKind, type Kind, listKinds } from "../core/kinds.ts";
import type { Owner, Resource } from "../core/resource.ts";
import type { ServiceState } from "../core/service-state.ts";
import { ChildProcessResource, isChildProcess } from "./child-process.ts";
import { ClusterWorkers, isClusterPrimary } from "./cluster-workers.ts";
import { Dispatcher, type DispatcherLike, isDispatcher } from "./dispatcher.ts";
import { DisposableResource, isDisposable } from "./disposable.ts";
import { HttpAgent, isHttpAgent } from "./http-agent.ts";
import { type AnyStream, isStream, StreamResource } from "./stream.ts";
import { isWorkerThread, WorkerThread } from "./worker-thread.ts";

/**
 * What `use` takes: the kinds of resources that Node.js itself has, which it closes gracefully, and everything with a
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

/** One kind of resource. */
interface ResourceKind extends Kind {
	/** Begins to watch a resource of this kind, so that it can be closed. */
	readonly watch: (thing: unknown, owner: Owner) => Resource;
}

function kind<Thing>(
	what: string,
	matches: (thing: unknown) => thing is Thing,
	Implementation: new (thing: Thing, owner: Owner) => Resource,
): ResourceKind {
	return { what, matches, watch: (thing, owner) => new Implementation(thing as Thing, owner) };
}

/** In the order in which they are tried. Several are disposable too, which would not wait for what they are doing. */
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
 * @param how how it was registered, for the error
 * @throws {TypeError} that lists the kinds there are, where it is of none of them
 */
export function watchResource(service: ServiceState, name: string, thing: unknown, how = ""): Resource {
	const kind = findKind(KINDS, thing);
	if (kind === undefined) throw new TypeError(`"${name}"${how}: wanted ${listKinds(KINDS)}, got ${quote(thing)}`);
	const failed = (error: unknown): void => void service.stop({ kind: "resource-failed", name, error });
	const { drainSignal } = service;
	return kind.watch(thing, {
		drainSignal,
		failed,
		reason: () => service.reason,
		stopSignals: () => service.stopSignals,
	});
}
