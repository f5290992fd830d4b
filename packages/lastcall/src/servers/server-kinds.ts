import { quote } from "../core/check-options.ts";
import type { Drainable } from "../core/drainable.ts";
import { type HttpServer, httpDrain, isHttpServer } from "./http1/http-server.ts";
import { GrpcDrain, type GrpcServer, isGrpcServer } from "./http2/grpc-server.ts";
import { type Http2Server, http2Drain, isHttp2Server } from "./http2/http2-server.ts";
import type { NameRequest } from "./listening/request-name.ts";
import { checkProtocol, isNetServer, NetDrain, type NetServer, type ProtocolOptions } from "./peers/net-server.ts";
import { isSocketIoServer, SocketIoDrain, type SocketIoServerLike } from "./peers/socket-io-server.ts";
import { isWebSocketServer, WebSocketDrain, type WebSocketServerLike } from "./peers/web-socket-server.ts";
import { BunDrain, type BunServer, isBunServer } from "./runtimes/bun-server.ts";
import { DenoDrain, type DenoServer, isDenoServer } from "./runtimes/deno-server.ts";

/** What `listen` takes. */
export type ListeningServer = HttpServer | Http2Server | NetServer;

/** What `serve` takes. */
export type Servable = ListeningServer | GrpcServer | WebSocketServerLike | SocketIoServerLike | BunServer | DenoServer;

/** One kind of server: how it is told from the others, and what drains it. */
interface ServerKind {
	/** For the error that says what was wanted. */
	readonly what: string;
	readonly matches: (server: unknown) => boolean;
	readonly drain: (name: string, server: unknown, how: HowServed) => Drainable;
}

/** How a server is served. */
interface HowServed {
	readonly nameRequest: NameRequest;
	readonly protocol: ProtocolOptions | undefined;
}

function kind<Server>(
	what: string,
	matches: (server: unknown) => server is Server,
	drain: (name: string, server: Server, how: HowServed) => Drainable,
): ServerKind {
	return { what, matches, drain: (name, server, how) => drain(name, server as Server, how) };
}

/** The one whose protocol Node.js doesn't know, so that the program says what it is like. */
const OWN_PROTOCOL = kind(
	"node:net or node:tls",
	isNetServer,
	(name, server: NetServer, { protocol }) => new NetDrain(name, server, protocol),
);

/** In the order in which they are tried. */
const KINDS: readonly ServerKind[] = [
	kind("node:http or node:https", isHttpServer, (name, server, { nameRequest }) =>
		httpDrain(name, server, nameRequest),
	),
	kind("node:http2", isHttp2Server, (name, server, { nameRequest }) => http2Drain(name, server, nameRequest)),
	kind("@grpc/grpc-js", isGrpcServer, (name, server, { nameRequest }) => new GrpcDrain(name, server, nameRequest)),
	kind("ws", isWebSocketServer, (name, server, { nameRequest }) => new WebSocketDrain(name, server, nameRequest)),
	kind("socket.io", isSocketIoServer, (name, server, { nameRequest }) => new SocketIoDrain(name, server, nameRequest)),
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

/** Begins to watch `server`, so that it can be drained. It has been checked. */
export function drainableOf(name: string, server: Servable, how: HowServed): Drainable {
	const known = KINDS.find(({ matches }) => matches(server));
	if (known === undefined) throw new TypeError(`"${name}": not a server`);
	const drainable = known.drain(name, server, how);
	served.set(server, name);
	return drainable;
}

/** From now on it may be served again. */
export function forget(server: Servable): void {
	served.delete(server);
}
