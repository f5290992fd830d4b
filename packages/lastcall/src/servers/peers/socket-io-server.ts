import type { Socket } from "node:net";
import type { Drainable, DrainOptions, InFlight } from "../../core/drainable.ts";
import type { Failure } from "../../core/stop-reason.ts";
import type { ConnectionActivity } from "../listening/connection-activity.ts";
import { keepOpenWhile } from "../listening/keep-open-while.ts";
import type { NameRequest } from "../listening/request-name.ts";
import { handleElsewhere } from "../responses/handled-elsewhere.ts";
import { beginUnit, hasUnits, type PeerWait, registerPeer } from "./peer.ts";
import { Peers } from "./peers.ts";
import { countAcks } from "./socket-io-acks.ts";
import { MessagePeer, readWebSocketActivity, sendCloseFrame, type WebSocketLike } from "./web-socket-peer.ts";

interface Transport {
	readonly name: string;
	/** Only of a WebSocket transport. */
	readonly socket?: WebSocketLike | undefined;
	/** With polling: true while a poll is open. */
	readonly writable?: boolean;
	/** With polling: the POST that is being received. */
	readonly dataReq?: unknown;
	/** With polling: emitted when a poll was opened. */
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

/** The part of a Socket.IO `Server` by which it is detected. It must be attached to an HTTP server. */
export interface SocketIoServerLike {
	readonly engine: object;
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
		// Never removed: a client may connect when all the others are gone.
		server.on("connection", (socket) => this.#add(socket));
		server.on("headers", (_headers, request) => keepForPolling(request, server));
		countAcks(io, beginUnit);
	}

	inFlight(): InFlight[] {
		return this.#peers.inFlight();
	}

	/** The engine's listener holds this drain for as long as a client may come. */
	isAtRest(): boolean {
		return this.#peers.size === 0;
	}

	drain(how: DrainOptions): Promise<void> {
		return this.#peers.drain(how);
	}

	cut(failed: (failure: Failure) => void): void {
		this.#peers.cut(failed);
	}

	#add(socket: EngineSocket): void {
		const peer = new EnginePeer(this.name, socket, this.#nameRequest);
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

class EnginePeer extends MessagePeer {
	readonly #socket: EngineSocket;

	constructor(name: string, socket: EngineSocket, nameRequest: NameRequest) {
		super(name, nameRequest({ as: "Socket.IO", target: socket.request.url }));
		this.#socket = socket;
	}

	override get hasEnded(): boolean {
		return this.#socket.readyState === "closed";
	}

	override beginDrain(): void {
		this.#socket.on("message", () => this.messageReceived());
	}

	/** An open poll is what reaches a polling client. Not during a POST, which the closing of the transport would destroy. */
	override get isReachable(): boolean {
		const { name, writable, dataReq } = this.#socket.transport;
		return name === "websocket" || (writable === true && !dataReq);
	}

	override isReady(wait: PeerWait): boolean {
		return super.isReady(wait) && (this.isReachable || wait.waitedMs >= 2 * wait.lingerMs);
	}

	/** A polling client has no connection of its own. */
	override get activity(): ConnectionActivity {
		const { socket: webSocket } = this.#socket.transport;
		if (webSocket !== undefined) return readWebSocketActivity(webSocket);
		return { received: 0, unsent: 0, hasUnread: false, isOursToEnd: false };
	}

	override sendClosingMessage(): void {
		const { transport, writeBuffer } = this.#socket;
		const { socket: webSocket } = transport;
		if (transport.name !== "websocket" || webSocket === undefined) this.#endPolling();
		// Not the engine's `close()`: it would not read what is still on its way, and would send no code.
		else if (!writeBuffer?.length) sendCloseFrame(webSocket);
		else this.#socket.once("drain", () => sendCloseFrame(webSocket));
	}

	/**
	 * The response to the open poll, or to the next one, is the end of the transport. A client that needs a new connection for it
	 * can't connect, and is cut. Not `close()` before there is a poll: the engine would wait 30 s for one, and ignore another
	 * `close()`.
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
