import type { Socket } from "node:net";
import { type Patience, Peer } from "./peer.ts";

/** What is needed of a `WebSocket` of the package `ws`. */
export interface WebSocketLike {
	readonly _socket?: Socket | null | undefined;
	on(event: string, listener: () => void): unknown;
	close(code: number, reason: string): void;
	terminate(): void;
}

/** "Going away" (RFC 6455 §7.4.1). */
const GOING_AWAY = 1001;

/** Sends the close frame, behind all that was sent before. The peer answers with its own, behind all that it has sent. */
export function sayGoodbye(webSocket: WebSocketLike): void {
	webSocket.close(GOING_AWAY, "service is shutting down");
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
