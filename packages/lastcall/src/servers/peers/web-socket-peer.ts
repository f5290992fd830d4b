import type { Socket } from "node:net";
import { type ConnectionActivity, readActivity } from "../listening/connection-activity.ts";
import { Peer, type PeerWait } from "./peer.ts";

/** The part of a `WebSocket` of the package `ws` that is needed. */
export interface WebSocketLike {
	readonly _socket?: Socket | null | undefined;
	readonly readyState?: number;
	/** Bytes that were sent and have not left the program, also while they wait to be compressed. */
	readonly bufferedAmount?: number;
	on(event: string, listener: () => void): unknown;
	close(code: number, reason: string): void;
	terminate(): void;
}

/** `readyState` of a closed WebSocket. */
export const CLOSED = 3;
/** "Going away" (RFC 6455, section 7.4.1). */
export const GOING_AWAY = 1001;
export const CLOSE_REASON = "service is shutting down";

/** Sends the close frame after all that was sent before. The peer replies with its own, after all that it has sent. */
export function sendCloseFrame(webSocket: WebSocketLike): void {
	webSocket.close(GOING_AWAY, CLOSE_REASON);
}

/**
 * Reads the activity of its connection. Without `_socket`, which is not documented, the peer counts as one that sends a drip.
 */
export function readWebSocketActivity({ _socket: socket, bufferedAmount = 0 }: WebSocketLike): ConnectionActivity {
	if (!socket) return { received: undefined, unsent: bufferedAmount, hasUnread: false, isOursToEnd: false };
	const activity = readActivity(socket);
	return { ...activity, unsent: Math.max(activity.unsent, bufferedAmount) };
}

/** A client that may send a message at any time, and whose protocol has a closing message. */
export abstract class MessagePeer extends Peer {
	/**
	 * Nothing may be sent after a close frame: the program gets a message that crosses it, and can send no reply. A client
	 * that has just sent a message is the least likely to send another one (`messageReceived`); the next best is one that
	 * was waited for as long as idle connections linger.
	 */
	override isReady({ waitedMs, lingerMs, polledAt }: PeerWait): boolean {
		this.dueAt = Math.max(this.dueAt, polledAt + lingerMs - waitedMs);
		return waitedMs >= lingerMs;
	}

	/** What comes after the close frame can have no reply. */
	override get maySend(): boolean {
		return false;
	}

	/** The program has got a message. A reply that it sends at once goes out before the closing message. */
	protected messageReceived(): void {
		if (!this.isNotified) setImmediate(() => this.whenReady());
	}
}

/** A WebSocket of the package `ws`. */
export class WebSocketPeer extends MessagePeer {
	readonly #webSocket: WebSocketLike;

	constructor(name: string, what: string, webSocket: WebSocketLike, startedAt: number) {
		super(name, what, startedAt);
		this.#webSocket = webSocket;
	}

	override get hasEnded(): boolean {
		return this.#webSocket.readyState === CLOSED;
	}

	override get activity(): ConnectionActivity {
		return readWebSocketActivity(this.#webSocket);
	}

	override beginDrain(): void {
		this.#webSocket.on("message", () => this.messageReceived());
	}

	override sendClosingMessage(): void {
		sendCloseFrame(this.#webSocket);
	}

	override cut(): void {
		this.#webSocket.terminate();
	}
}
