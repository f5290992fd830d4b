import type { Socket } from "node:net";
import type { ConnectionActivity } from "../listening/connection-activity.ts";
import type { NameRequest } from "../listening/request-name.ts";
import type { PeerWait } from "./peer.ts";
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

/** A request of a client. */
export interface EngineRequest {
	readonly url?: string | undefined;
	readonly socket: Socket;
}

/** A client of Engine.IO, below Socket.IO. */
export interface EngineSocket {
	readonly request: EngineRequest;
	readonly readyState?: string;
	readonly transport: Transport;
	/** Not documented; without it, a packet that waits for its transport may be lost. */
	readonly writeBuffer?: readonly unknown[];
	on(event: string, listener: () => void): unknown;
	once(event: string, listener: () => void): unknown;
	close(discard?: boolean): unknown;
}

/** Closes the transport of one client, over polling or a WebSocket. */
export class EnginePeer extends MessagePeer {
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
