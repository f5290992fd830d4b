import type { EventEmitter } from "node:events";
import type { Drainable } from "../core/drainable.ts";
import { quote } from "../core/options.ts";
import { HttpDrain, type HttpServer, isHttpServer } from "./http-server.ts";

/** What `listen` takes. */
export type ListeningServer = HttpServer;

/** What `serve` takes. */
export type Servable = ListeningServer;

/** One kind of server: how it is told from the others, and what drains it. */
interface ServerKind {
	/** For the error that says what was wanted. */
	readonly what: string;
	readonly matches: (server: unknown) => boolean;
	readonly drain: (name: string, server: unknown) => Drainable;
}

function kind<Server>(
	what: string,
	matches: (server: unknown) => server is Server,
	Drain: new (name: string, server: Server) => Drainable,
): ServerKind {
	return { what, matches, drain: (name, server) => new Drain(name, server as Server) };
}

/** In the order in which they are tried. */
const KINDS: readonly ServerKind[] = [kind("node:http or node:https", isHttpServer, HttpDrain)];

/**
 * Throws unless `server` is of a kind that can be drained.
 * @throws {TypeError} that says which there are
 */
export function checkServer(name: string, server: unknown): asserts server is Servable {
	if (KINDS.some(({ matches }) => matches(server))) return;
	const wanted = KINDS.map(({ what }) => what).join(", ");
	throw new TypeError(`"${name}": wanted a server of ${wanted}, got ${quote(server)}`);
}

/** Begins to watch `server`, so that it can be drained. It has been checked. */
export function drainableOf(name: string, server: Servable): Drainable {
	const known = KINDS.find(({ matches }) => matches(server));
	if (known === undefined) throw new TypeError(`"${name}": not a server`);
	return known.drain(name, server);
}

/** Calls `failed` with each error that the server itself meets, until the returned function is called. */
export function onServerError(server: Servable, failed: (error: Error) => void): () => void {
	const emitter = server as Partial<EventEmitter>;
	emitter.on?.("error", failed);
	return () => void emitter.removeListener?.("error", failed);
}
