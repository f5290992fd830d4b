import type { Socket } from "node:net";
import { type SignsOfLife, signsOfLife } from "../listening/signs-of-life.ts";
import { type Patience, Peer } from "./peer.ts";

/** What is needed of a `WebSocket` of the package `ws`. */
export interface WebSocketLike {
	readonly _socket?: Socket | null | undefined;
	readonly readyState?: number;
	/** Bytes that were sent and have not left the program, also where they wait for their compression. */
	readonly bufferedAmount?: number;
	on(event: string, listener: () => void): unknown;
	close(code: number, reason: string): void;
	terminate(): void;
}

/** Of a WebSocket that is closed. */
const CLOSED = 3;
/** "Going away" (RFC 6455 §7.4.1). */
const GOING_AWAY = 1001;

/** Sends the close frame, behind all that was sent before. The peer answers with its own, behind all that it has sent. */
export function sayGoodbye(webSocket: WebSocketLike): void {
	webSocket.close(GOING_AWAY, "service is shutting down");
}

/** What can be seen of its connection. Without `_socket`, which is not documented, its peer is taken to send a drip. */
export function signsOfWebSocket({ _socket: socket, bufferedAmount = 0 }: WebSocketLike): SignsOfLife {
	if (!socket) return { received: undefined, waiting: bufferedAmount, isUnread: false, isOurs: false };
	const signs = signsOfLife(socket);
	return { ...signs, waiting: Math.max(signs.waiting, bufferedAmount) };
}

/** A client that speaks when it likes, and whose protocol has a word for goodbye. */
export abstract class SpeakingPeer extends Peer {
	/**
	 * Nothing may be sent behind a close frame: a message that crosses it is handed to the program and can't be answered any
	 * more. Who has just spoken is the least likely to be speaking again, and whoever has been silent for long the next.
	 */
	override isReady({ waitedMs, lingerMs }: Patience): boolean {
		return waitedMs >= lingerMs;
	}

	/** What comes after the close frame can't be answered any more. */
	override get maySend(): boolean {
		return false;
	}

	/** A message has come and was handed to the program. What it answers at once goes out first. */
	protected heard(): void {
		if (!this.isTold) setImmediate(() => this.whenReady());
	}
}

/** A WebSocket of the package `ws`. */
export class WebSocketPeer extends SpeakingPeer {
	readonly #webSocket: WebSocketLike;

	constructor(name: string, what: string, webSocket: WebSocketLike) {
		super(name, what);
		this.#webSocket = webSocket;
	}

	override get hasEnded(): boolean {
		return this.#webSocket.readyState === CLOSED;
	}

	override get signs(): SignsOfLife {
		return signsOfWebSocket(this.#webSocket);
	}

	override leave(): void {
		this.#webSocket.on("message", () => this.heard());
	}

	override goodbye(): void {
		sayGoodbye(this.#webSocket);
	}

	override cut(): void {
		this.#webSocket.terminate();
	}
}
