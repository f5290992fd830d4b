import type { EventEmitter } from "node:events";
import type { Drainable } from "../core/drainable.ts";
import { quote } from "../core/options.ts";
import { BunDrain, type BunServer, isBunServer } from "./bun-server.ts";
import { DenoDrain, type DenoServer, isDenoServer } from "./deno-server.ts";
import { GrpcDrain, type GrpcServer, isGrpcServer } from "./grpc-server.ts";
import { type HttpServer, httpDrain, isHttpServer } from "./http-server.ts";
import { type Http2Server, http2Drain, isHttp2Server } from "./http2-server.ts";
import { checkProtocol, isNetServer, NetDrain, type NetServer, type ProtocolOptions } from "./net-server.ts";
import { isSocketIoServer, SocketIoDrain, type SocketIoServerLike } from "./socket-io-server.ts";
import { isWebSocketServer, WebSocketDrain, type WebSocketServerLike } from "./web-socket-server.ts";

/** What `listen` takes. */
export type ListeningServer = HttpServer | Http2Server | NetServer;

/** What `serve` takes. */
export type Servable = ListeningServer | GrpcServer | WebSocketServerLike | SocketIoServerLike | BunServer | DenoServer;

/** One kind of server: how it is told from the others, and what drains it. */
interface ServerKind {
	/** For the error that says what was wanted. */
	readonly what: string;
	readonly matches: (server: unknown) => boolean;
	readonly drain: (name: string, server: unknown, protocol?: ProtocolOptions) => Drainable;
}

function kind<Server>(
	what: string,
	matches: (server: unknown) => server is Server,
	drain: (name: string, server: Server, protocol?: ProtocolOptions) => Drainable,
): ServerKind {
	return { what, matches, drain: (name, server, protocol) => drain(name, server as Server, protocol) };
}

/** The one whose protocol Node.js doesn't know, so that the program says what it is like. */
const OWN_PROTOCOL = kind(
	"node:net or node:tls",
	isNetServer,
	(name, server: NetServer, protocol) => new NetDrain(name, server, protocol),
);

/** In the order in which they are tried. */
const KINDS: readonly ServerKind[] = [
	kind("node:http or node:https", isHttpServer, (name, server: HttpServer) => httpDrain(name, server)),
	kind("node:http2", isHttp2Server, (name, server: Http2Server) => http2Drain(name, server)),
	kind("@grpc/grpc-js", isGrpcServer, (name, server: GrpcServer) => new GrpcDrain(name, server)),
	kind("ws", isWebSocketServer, (name, server: WebSocketServerLike) => new WebSocketDrain(name, server)),
	kind("socket.io", isSocketIoServer, (name, server: SocketIoServerLike) => new SocketIoDrain(name, server)),
	kind("Bun.serve", isBunServer, (name, server: BunServer) => new BunDrain(name, server)),
	kind("Deno.serve", isDenoServer, (name, server: DenoServer) => new DenoDrain(name, server)),
	// The last, since all of Node's servers are of this kind, too.
	OWN_PROTOCOL,
];

/** The servers that are served, and the names of them. Two drains of one server would hold each other up. */
const served = new WeakMap<object, string>();

/**
 * Throws unless `server` is of a kind that can be drained, is not served already, and `protocol` fits it.
 * @throws {TypeError} that says which there are
 */
export function checkServer(
	name: string,
	server: unknown,
	protocol: ProtocolOptions | undefined,
): asserts server is Servable {
	const known = KINDS.find(({ matches }) => matches(server));
	const as = served.get(server as object);
	if (as !== undefined) throw new TypeError(`"${name}": this server is served already, as "${as}"`);
	if (known === undefined) {
		const wanted = KINDS.map(({ what }) => what).join(", ");
		throw new TypeError(`"${name}": wanted a server of ${wanted}, got ${quote(server)}`);
	}
	if (protocol === undefined) return;
	if (known === OWN_PROTOCOL) checkProtocol(name, protocol);
	else throw new TypeError(`"${name}": a server of ${known.what} knows its protocol, and takes no options`);
}

/**
 * The same for one that is to listen.
 * @throws {TypeError} where it is of a kind that is only served
 */
export function checkListeningServer(
	name: string,
	server: unknown,
	protocol: ProtocolOptions | undefined,
): asserts server is ListeningServer {
	checkServer(name, server, protocol);
	if (typeof (server as Partial<ListeningServer>).listen === "function") return;
	throw new TypeError(`"${name}": wanted a server with listen(), got ${quote(server)}; serve() takes it`);
}

/**
 * Begins to watch `server`, so that it can be drained. It has been checked. `failed` is called with each error that the server
 * itself meets, until `release` is called.
 */
export function watch(
	name: string,
	server: Servable,
	failed: (error: Error) => void,
	protocol?: ProtocolOptions,
): { readonly drainable: Drainable; readonly release: () => void } {
	const known = KINDS.find(({ matches }) => matches(server));
	if (known === undefined) throw new TypeError(`"${name}": not a server`);
	const drainable = known.drain(name, server, protocol);
	served.set(server, name);
	const emitter = server as Partial<EventEmitter>;
	if ("finished" in server) void server.finished.catch(failed);
	emitter.on?.("error", failed);
	const release = (): void => {
		served.delete(server);
		emitter.removeListener?.("error", failed);
	};
	return { drainable, release };
}
