import type { Socket } from "node:net";
import type { Drainable, DrainOptions, InFlight } from "../../core/drainable.ts";
import type { Failure } from "../../core/stop-reason.ts";
import { claim } from "../answers/claimed.ts";
import { keepOpenWhile } from "../listening/kept-open.ts";
import type { NameRequest } from "../listening/request-name.ts";
import type { SignsOfLife } from "../listening/signs-of-life.ts";
import { beginUnit, hasUnits, introduce, type Patience } from "./peer.ts";
import { Peers } from "./peers.ts";
import { countAcks } from "./socket-io-acks.ts";
import { SpeakingPeer, sayGoodbye, signsOfWebSocket, type WebSocketLike } from "./web-socket-peer.ts";

interface Transport {
	readonly name: string;
	/** Of a WebSocket transport. */
	readonly socket?: WebSocketLike | undefined;
	/** Of a polling transport: whether a poll is open. */
	readonly writable?: boolean;
	/** Of a polling transport: the POST that is being received. */
	readonly dataReq?: unknown;
	/** Of a polling transport: `ready` says that a poll was opened. */
	once(event: "ready", listener: () => void): unknown;
}

interface EngineRequest {
	readonly url?: string | undefined;
	readonly socket: Socket;
}

interface EngineSocket {
	readonly request: EngineRequest;
	readonly readyState?: string;
	readonly transport: Transport;
	/** Not documented; without it, a packet that waits for its transport may be lost. */
	readonly writeBuffer?: readonly unknown[];
	on(event: string, listener: () => void): unknown;
	once(event: string, listener: () => void): unknown;
	close(discard?: boolean): unknown;
}

/** A Socket.IO `Server`: what tells it from other servers. It must be attached to an HTTP server. */
export interface SocketIoServerLike {
	readonly engine: object;
	disconnectSockets: unknown;
	fetchSockets: unknown;
}

/** What is needed of its Engine.IO server. */
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
 * Closes the transport of every Socket.IO client and waits until it has ended. An event whose acknowledgement is outstanding
 * is in flight: the transport is closed after it was sent. The client then connects again by itself, to another server;
 * after Socket.IO's own "disconnect" it would not. New clients are refused by the HTTP server's drain, or told at once.
 */
export class SocketIoDrain implements Drainable {
	readonly name: string;
	readonly #nameRequest: NameRequest;
	readonly #peers = new Peers();

	constructor(name: string, io: SocketIoServerLike, nameRequest: NameRequest) {
		this.name = name;
		this.#nameRequest = nameRequest;
		const server = io.engine as Engine | undefined;
		if (server?.clients === undefined) {
			throw new TypeError(`"${name}": a Server of Socket.IO must be attached to an HTTP server before it is served`);
		}
		for (const socket of Object.values(server.clients)) this.#add(socket);
		// It stays: a client may come when all the others are gone.
		server.on("connection", (socket) => this.#add(socket));
		server.on("headers", (_headers, request) => keepForPolling(request, server));
		countAcks(io, beginUnit);
	}

	inFlight(): InFlight[] {
		return this.#peers.inFlight();
	}

	drain(how: DrainOptions): Promise<void> {
		return this.#peers.drain(how);
	}

	cut(failed: (failure: Failure) => void): void {
		this.#peers.cut(failed);
	}

	#add(socket: EngineSocket): void {
		const peer = new EnginePeer(this.name, socket, this.#nameRequest);
		introduce(socket, peer);
		claimSocketOf(socket);
		// From long polling to a WebSocket.
		socket.on("upgrade", () => claimSocketOf(socket));
		socket.once("close", () => this.#peers.remove(peer));
		this.#peers.add(peer);
	}
}

/**
 * A polling client asks on the same connections again and again: until its work is done, `Connection: close` would leave it
 * with nothing to hear of it by, as it can't open a new one.
 */
function keepForPolling({ url, socket }: EngineRequest, { clients }: Engine): void {
	const id = new URLSearchParams(url?.split("?", 2)[1]).get("sid");
	const client = id === null ? undefined : clients[id];
	if (client !== undefined) keepOpenWhile(socket, () => client.transport.name === "polling" && hasUnits(client));
}

function claimSocketOf({ transport }: EngineSocket): void {
	if (transport.name === "websocket" && transport.socket?._socket) claim(transport.socket._socket);
}

class EnginePeer extends SpeakingPeer {
	readonly #socket: EngineSocket;

	constructor(name: string, socket: EngineSocket, nameRequest: NameRequest) {
		super(name, nameRequest({ as: "Socket.IO", target: socket.request.url }));
		this.#socket = socket;
	}

	override get hasEnded(): boolean {
		return this.#socket.readyState === "closed";
	}

	override leave(): void {
		this.#socket.on("message", () => this.heard());
	}

	/** A polling client is reached by its open poll; and closing its transport destroys the POST that is on its way in. */
	override get isReachable(): boolean {
		const { name, writable, dataReq } = this.#socket.transport;
		return name === "websocket" || (writable === true && !dataReq);
	}

	override isReady(patience: Patience): boolean {
		return super.isReady(patience) && (this.isReachable || patience.waitedMs >= 2 * patience.lingerMs);
	}

	/** A polling client has no connection of its own. */
	override get signs(): SignsOfLife {
		const { socket: webSocket } = this.#socket.transport;
		if (webSocket !== undefined) return signsOfWebSocket(webSocket);
		return { received: 0, waiting: 0, isUnread: false, isOurs: false };
	}

	override goodbye(): void {
		const { transport, writeBuffer } = this.#socket;
		const { socket: webSocket } = transport;
		if (transport.name !== "websocket" || webSocket === undefined) this.#endPolling();
		// Not the engine's `close()`: that would not read what is still on its way in, and send no code.
		else if (!writeBuffer?.length) sayGoodbye(webSocket);
		else this.#socket.once("drain", () => sayGoodbye(webSocket));
	}

	/**
	 * The open poll, or else the next one, is answered with the end. A client that needs a new connection for it can't come back,
	 * and is cut. Not `close()` before there is a poll: the engine would wait 30 s for one, and heed nothing else.
	 */
	#endPolling(): void {
		if (this.isReachable) this.#socket.close();
		else this.#socket.transport.once("ready", () => this.#socket.close());
	}

	override cut(): void {
		const { socket: webSocket } = this.#socket.transport;
		this.#socket.close(true);
		webSocket?.terminate();
	}
}
