import type { Drainable, DrainOptions, InFlight } from "../../core/drainable.ts";
import type { Failure } from "../../core/stop-reason.ts";
import type { Warning } from "../../core/warning.ts";
import { type HttpServer, httpDrain, isHttpServer } from "../http1/http-server.ts";
import type { HowDrained } from "../listening/how-drained.ts";
import { keepOpenWhile } from "../listening/keep-open-while.ts";
import { claimServer, countClaims } from "../listening/served-servers.ts";
import { handleElsewhere } from "../responses/handled-elsewhere.ts";
import { EnginePeer, type EngineRequest, type EngineSocket } from "./engine-peer.ts";
import { beginUnit, hasUnits, registerPeer } from "./peer.ts";
import { Peers } from "./peers.ts";
import { countAcks } from "./socket-io-acks.ts";

/** The part of a Socket.IO `Server` by which it is detected. It must be attached to an HTTP server. */
export interface SocketIoServerLike {
	readonly engine: object;
	/** The HTTP server that it is attached to, or has made itself. */
	readonly httpServer?: unknown;
	disconnectSockets: unknown;
	fetchSockets: unknown;
}

/** The part of its Engine.IO server that is needed. */
interface Engine {
	readonly clients: Readonly<Record<string, EngineSocket>>;
	on(event: "connection", listener: (socket: EngineSocket) => void): unknown;
	/** The head of a response to a polling client is about to be written. */
	on(event: "headers", listener: (headers: object, request: EngineRequest) => void): unknown;
}

/** Returns true if `server` is one that `SocketIoDrain` can drain. */
export function isSocketIoServer(server: unknown): server is SocketIoServerLike {
	const { disconnectSockets, fetchSockets } = (server ?? {}) as Partial<SocketIoServerLike>;
	return typeof disconnectSockets === "function" && typeof fetchSockets === "function";
}

/**
 * Closes the transport of every Socket.IO client and waits until it has ended. An event whose acknowledgement is outstanding is
 * in flight: the transport is closed after the acknowledgement was sent. Then the client reconnects, to another server. After a
 * "disconnect" of Socket.IO it would not. New clients are refused by the HTTP server's drain, or closed at once.
 */
export class SocketIoDrain implements Drainable {
	readonly name: string;
	readonly #how: HowDrained;
	readonly #peers = new Peers();
	/** The HTTP server that it is attached to, or that it has made itself. */
	readonly #httpServer: unknown;
	readonly #disclaim: (() => void) | undefined;
	/** Drains that server, if nothing else does. */
	#http: Drainable | undefined;

	constructor(name: string, io: SocketIoServerLike, how: HowDrained) {
		this.name = name;
		this.#how = how;
		this.#httpServer = io.httpServer;
		const server = io.engine as Engine | undefined;
		if (server?.clients === undefined) {
			throw new TypeError(`"${name}": a Server of Socket.IO must be attached to an HTTP server before it is served`);
		}
		for (const socket of Object.values(server.clients)) this.#add(socket);
		// Never removed: a client may connect when all the others are gone.
		server.on("connection", (socket) => this.#add(socket));
		server.on("headers", (_headers, request) => keepForPolling(request, server));
		countAcks(io, beginUnit);
		if (isHttpServer(io.httpServer)) this.#disclaim = this.#claim(io.httpServer);
	}

	/** The program may register the HTTP server itself, most likely in this turn. */
	#claim(server: HttpServer): () => void {
		setImmediate(() => {
			if (server.listening && countClaims(server) === 1) this.#how.listens(server);
		});
		return claimServer(server);
	}

	inFlight(): InFlight[] {
		return [...(this.#http?.inFlight() ?? []), ...this.#peers.inFlight()];
	}

	/** The engine's listener holds this drain for as long as a client may come. */
	isAtRest(): boolean {
		return this.#peers.size === 0;
	}

	/** Not before the stop: until then, the program may register the HTTP server itself. */
	stopping(warn: (warning: Warning) => void): void {
		const server = this.#httpServer;
		this.#disclaim?.();
		if (!isHttpServer(server) || !server.listening || countClaims(server) > 0) return;
		this.#http = httpDrain(this.name, server, { ...this.#how, listens: () => {} });
		this.#http.stopping?.(warn);
	}

	async drain(how: DrainOptions): Promise<void> {
		await Promise.all([this.#http?.drain(how), this.#peers.drain(how)]);
	}

	cut(failed: (failure: Failure) => void): void {
		this.#http?.cut(failed);
		this.#peers.cut(failed);
	}

	release(): void {
		this.#disclaim?.();
		this.#http?.release?.();
	}

	#add(socket: EngineSocket): void {
		const peer = new EnginePeer(this.name, socket, this.#how.nameRequest);
		registerPeer(socket, peer);
		handleSocketElsewhere(socket);
		// From long polling to a WebSocket.
		socket.on("upgrade", () => handleSocketElsewhere(socket));
		socket.once("close", () => this.#peers.remove(peer));
		this.#peers.add(peer);
	}
}

/**
 * Keeps the connections of a polling client open while its work is in flight. It polls on them again and again: after a
 * `Connection: close` it could not connect any more, and would never get the result.
 */
function keepForPolling({ url, socket }: EngineRequest, { clients }: Engine): void {
	const id = new URLSearchParams(url?.split("?", 2)[1]).get("sid");
	const client = id === null ? undefined : clients[id];
	if (client !== undefined) keepOpenWhile(socket, () => client.transport.name === "polling" && hasUnits(client));
}

function handleSocketElsewhere({ transport }: EngineSocket): void {
	if (transport.name === "websocket" && transport.socket?._socket) handleElsewhere(transport.socket._socket);
}
