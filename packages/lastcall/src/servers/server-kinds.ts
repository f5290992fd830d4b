import { quote } from "../core/check-options.ts";
import type { Clock } from "../core/clock.ts";
import type { Drainable } from "../core/drainable.ts";
import { findKind, type Kind, listKinds } from "../core/kinds.ts";
import { describeAddress, type Schemes } from "./address.ts";
import { type HttpServer, httpDrain, isHttpServer } from "./http1/http-server.ts";
import { GrpcDrain, type GrpcServer, isGrpcServer } from "./http2/grpc-server.ts";
import { type Http2Server, http2Drain, isHttp2Server } from "./http2/http2-server.ts";
import { explainListenError } from "./listen-error.ts";
import type { HowDrained } from "./listening/how-drained.ts";
import { yieldServer } from "./listening/served-servers.ts";
import { isNetServer, NetDrain, type NetServer } from "./peers/net-server.ts";
import { checkProtocol, type HowNetDrains, type ProtocolOptions } from "./peers/protocol-options.ts";
import { isSocketIoServer, SocketIoDrain, type SocketIoServerLike } from "./peers/socket-io-server.ts";
import { isWebSocketServer, WebSocketDrain, type WebSocketServerLike } from "./peers/ws-server.ts";
import { BunDrain, type BunServer, isBunServer } from "./runtimes/bun-server.ts";
import { DenoDrain, type DenoServer, isDenoServer } from "./runtimes/deno-server.ts";
import { onServerError } from "./server-errors.ts";
import { describeWrongServer } from "./wrong-server.ts";

/** What `listen` takes. */
export type ListeningServer = HttpServer | Http2Server | NetServer;

/** What `serve` takes. */
export type Servable = ListeningServer | GrpcServer | WebSocketServerLike | SocketIoServerLike | BunServer | DenoServer;

/** How a server is served. */
interface HowServed extends Pick<HowDrained, "nameRequest" | "takeWebSocket"> {
	readonly protocol: HowNetDrains | undefined;
	readonly clock: Clock;
	/** Called with the address of each server of Node.js that listens, once: a gRPC server may have several. */
	readonly listening: (address: string) => void;
	/**
	 * Called with an error that the server itself meets, such as a port that is taken. Without it, the server's errors are left to
	 * the program: it listens for them, or they are uncaught.
	 */
	readonly failed?: (error: Error) => void;
	/**
	 * Called when another service serves the server too, before that does anything to it. Without it, that is an error of the program.
	 */
	readonly yields?: () => void;
}

/** What the drain of a kind needs. */
interface HowKindDrains extends HowDrained {
	readonly protocol: HowNetDrains | undefined;
}

/** One kind of server. */
export interface ServerKind extends Kind {
	/** Missing if the program makes such a server listen itself: then only `serve` takes it. */
	readonly listens?: true;
	/** The schemes of its addresses, if they are not those of the server of Node.js that listens. */
	readonly schemes?: Schemes;
	/** True if Node.js doesn't know its protocol, so that the program may describe it. */
	readonly takesProtocol?: true;
	/** Begins to watch a server of this kind, so that it can be drained. */
	readonly drain: (name: string, server: unknown, how: HowKindDrains) => Drainable;
}

function kind<Server>(
	what: string,
	matches: (server: unknown) => server is Server,
	drain: (name: string, server: Server, how: HowKindDrains) => Drainable,
	more: Pick<ServerKind, "listens" | "schemes" | "takesProtocol"> = {},
): ServerKind {
	return { what, matches, drain: (name, server, how) => drain(name, server as Server, how), ...more };
}

const LISTENS = { listens: true } as const;

/** In the order in which they are tried. */
const KINDS: readonly ServerKind[] = [
	kind("node:http or node:https", isHttpServer, (name, server, how) => httpDrain(name, server, how), LISTENS),
	kind("node:http2", isHttp2Server, (name, server, how) => http2Drain(name, server, how), LISTENS),
	kind("@grpc/grpc-js", isGrpcServer, (name, server, how) => new GrpcDrain(name, server, how)),
	kind("ws", isWebSocketServer, (name, server, how) => new WebSocketDrain(name, server, how), {
		schemes: ["ws", "wss"],
	}),
	kind("socket.io", isSocketIoServer, (name, server, how) => new SocketIoDrain(name, server, how)),
	kind("Bun.serve", isBunServer, (name, server) => new BunDrain(name, server)),
	kind("Deno.serve", isDenoServer, (name, server) => new DenoDrain(name, server)),
	// The last, since all of Node's servers are of this kind, too.
	kind(
		"node:net or node:tls",
		isNetServer,
		(name, server, how) => new NetDrain(name, server, how.protocol, how.listens),
		{ listens: true, takesProtocol: true },
	),
];

/** The names of the servers that are served. Two drains of one server would hold each other up. */
const names = new WeakMap<object, string>();

/**
 * Detects the kind of `server`, and checks that it can be served: it is not served already, and `protocol` fits it.
 * @throws {TypeError} that lists the kinds there are
 */
export function detectKind(name: string, server: unknown, protocol: ProtocolOptions | undefined): ServerKind {
	const kind = findKind(KINDS, server);
	checkNotServed(name, server);
	if (kind === undefined) {
		const wrong = describeWrongServer(server);
		const got =
			wrong === undefined ? `a server of ${listKinds(KINDS)}, got ${quote(server)}` : `a server, got ${wrong}`;
		throw new TypeError(`"${name}": wanted ${got}`);
	}
	if (protocol !== undefined && !kind.takesProtocol) {
		throw new TypeError(`"${name}": protocol: a server of ${kind.what} takes no such options`);
	}
	if (protocol !== undefined) checkProtocol(name, protocol);
	return kind;
}

/**
 * Detects the kind of a server that is to listen, and checks that it can be served.
 * @throws {TypeError} if it is no server, or of a kind that only `serve` takes
 */
export function detectListeningKind(name: string, server: unknown, protocol: ProtocolOptions | undefined): ServerKind {
	const kind = detectKind(name, server, protocol);
	if (kind.listens) return kind;
	throw new TypeError(`"${name}": wanted a server with listen(), got ${quote(server)}; serve() takes it`);
}

/**
 * Begins to watch `server`, so that it can be drained. Once `release` was called, it may be served again.
 * @throws {TypeError} where it is served already
 */
export function beginServing(
	name: string,
	server: Servable,
	kind: ServerKind,
	how: HowServed,
): { readonly drainable: Drainable; readonly release: () => void } {
	checkNotServed(name, server);
	const { failed, yields, clock } = how;
	const drainable = kind.drain(name, server, { ...how, listens: onceForEach(how.listening, kind) });
	const releases: (() => void)[] = [];
	if (yields !== undefined) releases.push(yieldServer(server, yields));
	else releases.push(nameServer(name, server));
	if (failed !== undefined)
		releases.push(onServerError(server, clock, (error) => failed(explainListenError(name, error))));
	const release = (): void => {
		for (const release of releases) release();
	};
	return { drainable, release };
}

function nameServer(name: string, server: Servable): () => void {
	names.set(server, name);
	return () => void names.delete(server);
}

function onceForEach(listening: HowServed["listening"], { schemes }: ServerKind): HowDrained["listens"] {
	const known = new WeakSet<NetServer>();
	return (server) => {
		if (known.has(server)) return;
		known.add(server);
		listening(describeAddress(server, schemes));
	};
}

function checkNotServed(name: string, server: unknown): void {
	const servedAs = names.get(server as object);
	if (servedAs !== undefined) throw new TypeError(`"${name}": this server is served already, as "${servedAs}"`);
}
