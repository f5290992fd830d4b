import type { EventEmitter } from "node:events";
import type { Drainable } from "../core/drainable.ts";
import { quote } from "../core/options.ts";
import { HttpDrain, type HttpServer, isHttpServer } from "./http-server.ts";
import { checkProtocol, isNetServer, NetDrain, type NetServer, type ProtocolOptions } from "./net-server.ts";
import { isSocketIoServer, SocketIoDrain, type SocketIoServerLike } from "./socket-io-server.ts";
import { isWebSocketServer, WebSocketDrain, type WebSocketServerLike } from "./web-socket-server.ts";

/** What `listen` takes. */
export type ListeningServer = HttpServer | NetServer;

/** What `serve` takes. */
export type Servable = ListeningServer | WebSocketServerLike | SocketIoServerLike;

/** One kind of server: how it is told from the others, and what drains it. */
interface ServerKind {
	/** For the error that says what was wanted. */
	readonly what: string;
	/** Whether the program says what its protocol is like. */
	readonly takesProtocol: boolean;
	readonly matches: (server: unknown) => boolean;
	readonly drain: (name: string, server: unknown, protocol?: ProtocolOptions) => Drainable;
}

const NET = "node:net or node:tls";

function kind<Server>(
	what: string,
	matches: (server: unknown) => server is Server,
	Drain: new (name: string, server: Server, protocol?: ProtocolOptions) => Drainable,
): ServerKind {
	const takesProtocol = what === NET;
	return {
		what,
		matches,
		takesProtocol,
		drain: (name, server, protocol) => new Drain(name, server as Server, protocol),
	};
}

/** In the order in which they are tried. */
const KINDS: readonly ServerKind[] = [
	kind("node:http or node:https", isHttpServer, HttpDrain),
	kind("ws", isWebSocketServer, WebSocketDrain),
	kind("socket.io", isSocketIoServer, SocketIoDrain),
	// The last, since all of Node's servers are of this kind, too.
	kind(NET, isNetServer, NetDrain),
];

/**
 * Throws unless `server` is of a kind that can be drained, and `protocol` fits it.
 * @throws {TypeError} that says which there are
 */
export function checkServer(
	name: string,
	server: unknown,
	protocol: ProtocolOptions | undefined,
): asserts server is Servable {
	const known = KINDS.find(({ matches }) => matches(server));
	if (known?.takesProtocol && protocol !== undefined) checkProtocol(name, protocol);
	else if (known !== undefined && protocol !== undefined) {
		throw new TypeError(`"${name}": a server of ${known.what} knows its protocol, and takes no options`);
	}
	if (known !== undefined) return;
	const wanted = KINDS.map(({ what }) => what).join(", ");
	throw new TypeError(`"${name}": wanted a server of ${wanted}, got ${quote(server)}`);
}

/** Begins to watch `server`, so that it can be drained. It has been checked. */
export function drainableOf(name: string, server: Servable, protocol?: ProtocolOptions): Drainable {
	const known = KINDS.find(({ matches }) => matches(server));
	if (known === undefined) throw new TypeError(`"${name}": not a server`);
	return known.drain(name, server, protocol);
}

/** Calls `failed` with each error that the server itself meets, until the returned function is called. */
export function onServerError(server: Servable, failed: (error: Error) => void): () => void {
	const emitter = server as Partial<EventEmitter>;
	emitter.on?.("error", failed);
	return () => void emitter.removeListener?.("error", failed);
}
