import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { monotonicNow } from "../listening/monotonic-now.ts";
import type { RequestInFlight } from "../listening/request-name.ts";
import { isHandledElsewhere } from "../responses/handled-elsewhere.ts";

/** Takes over a WebSocket. */
export type TakeWebSocket = (webSocket: RequestInFlight, socket: Socket) => void;

/**
 * What is noted of the request that made a connection an upgraded one. There is no reference to the request: its head would stay in
 * memory for as long as the connection is open.
 */
export class Upgrade {
	readonly method: string | undefined;
	readonly target: string | undefined;
	readonly startedAt: number = Math.trunc(monotonicNow());
	readonly #isWebSocket: boolean;
	/** The bytes that were written on the connection before. */
	readonly #writtenBefore: number;
	/** True if the drain of WebSockets has taken the connection over. */
	#isTaken = false;

	/** Notes an upgrade that has come on `socket` now. */
	constructor({ method, url, headers }: IncomingMessage, socket: Socket) {
		this.method = method;
		this.target = url;
		this.#isWebSocket = headers["sec-websocket-key"] !== undefined;
		this.#writtenBefore = socket.bytesWritten;
	}

	/** Describes what is in flight, if nothing else handles the connection: a WebSocket whose handshake was accepted, or another upgrade. */
	inFlight(socket: Socket): RequestInFlight | undefined {
		if (this.isDrainedElsewhere(socket)) return undefined;
		const { method, target, startedAt } = this;
		if (this.#isOpenWebSocket(socket)) return { as: "WebSocket", method: undefined, target, startedAt };
		return { as: "upgraded connection", method, target, startedAt };
	}

	/** Lets the drain of WebSockets take the connection over, as soon as it is one of a WebSocket that nothing else handles. */
	handOver(socket: Socket, take: TakeWebSocket): void {
		if (!this.#isOpenWebSocket(socket) || !isBeingRead(socket)) return;
		const webSocket = this.inFlight(socket);
		if (webSocket === undefined) return;
		this.#isTaken = true;
		take(webSocket, socket);
	}

	/** Returns true once the connection is drained elsewhere: there is nothing to do with it but to wait for its end. */
	isDrainedElsewhere(socket: Socket): boolean {
		return this.#isTaken || isHandledElsewhere(socket);
	}

	/** Returns true if the program has responded to the handshake of a WebSocket. What it has refused, it ends. */
	#isOpenWebSocket(socket: Socket): boolean {
		return this.#isWebSocket && socket.bytesWritten > this.#writtenBefore && socket.writable;
	}
}

/** A library reads what the client sends. A response that is still being written in place of the handshake has no need to. */
function isBeingRead(socket: Socket): boolean {
	return socket.readableFlowing !== null;
}

/** Reads and drops what comes on a socket that Node.js has handed over: it has no other reader, and no other listener for errors. */
export function takeBack(socket: Socket): void {
	socket.on("error", () => socket.destroy());
	socket.resume();
}
