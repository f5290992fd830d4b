import type { EventEmitter } from "node:events";
import type { Drainable } from "../core/drainable.ts";
import { quote } from "../core/options.ts";
import { BunDrain, type BunServer, isBunServer } from "./bun-server.ts";
import { DenoDrain, type DenoServer, isDenoServer } from "./deno-server.ts";
import { GrpcDrain, type GrpcServer, isGrpcServer } from "./grpc-server.ts";
import { type HttpServer, httpDrain, isHttpServer } from "./http-server.ts";
import { type Http2Server, http2Drain, isHttp2Server } from "./http2-server.ts";

/** What `listen` takes. */
export type ListeningServer = HttpServer | Http2Server;

/** What `serve` takes. */
export type Servable = ListeningServer | GrpcServer | BunServer | DenoServer;

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
	drain: (name: string, server: Server) => Drainable,
): ServerKind {
	return { what, matches, drain: (name, server) => drain(name, server as Server) };
}

/** In the order in which they are tried. */
const KINDS: readonly ServerKind[] = [
	kind("node:http or node:https", isHttpServer, httpDrain),
	kind("node:http2", isHttp2Server, (name, server: Http2Server) => http2Drain(name, server)),
	kind("@grpc/grpc-js", isGrpcServer, (name, server: GrpcServer) => new GrpcDrain(name, server)),
	kind("Bun.serve", isBunServer, (name, server: BunServer) => new BunDrain(name, server)),
	kind("Deno.serve", isDenoServer, (name, server: DenoServer) => new DenoDrain(name, server)),
];

/**
 * Throws unless `server` is of a kind that can be drained.
 * @throws {TypeError} that says which there are
 */
export function checkServer(name: string, server: unknown): asserts server is Servable {
	if (KINDS.some(({ matches }) => matches(server))) return;
	const wanted = KINDS.map(({ what }) => what).join(", ");
	throw new TypeError(`"${name}": wanted a server of ${wanted}, got ${quote(server)}`);
}

/**
 * The same for one that is to listen.
 * @throws {TypeError} where it is of a kind that is only served
 */
export function checkListeningServer(name: string, server: unknown): asserts server is ListeningServer {
	checkServer(name, server);
	if (typeof (server as Partial<ListeningServer>).listen === "function") return;
	throw new TypeError(`"${name}": wanted a server with listen(), got ${quote(server)}; serve() takes it`);
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
	if ("finished" in server) void server.finished.catch(failed);
	emitter.on?.("error", failed);
	return () => void emitter.removeListener?.("error", failed);
}
