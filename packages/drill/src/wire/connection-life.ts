import { connectionEnd } from "../record/connection-end.ts";
import type { ConnectionListener } from "./connection-listener.ts";

/** How a connection's socket ended. */
export interface SocketEnd {
	/** The error's code; undefined after a clean end. */
	readonly error: string | undefined;
	/** The status of a response that the client had not asked for. */
	readonly unaskedStatus?: number | undefined;
}

/** The life of one client connection: asked for, opened, ended by one of the two sides. Each protocol's connection has one. */
export class ConnectionLife {
	/** The connection's number in its load. */
	readonly number: number;
	/** When the connection was asked for, `performance.now()`. */
	readonly askedAtMs: number = performance.now();
	readonly #listener: ConnectionListener;
	#openedAtMs: number | undefined;
	#endedBy: "by-server" | "by-client" | undefined;
	#isOutOfTime = false;
	#isOver = false;

	/** Begins when the connection is asked for. */
	constructor(number: number, listener: ConnectionListener) {
		this.number = number;
		this.#listener = listener;
	}

	/** When the connection opened, `performance.now()`; undefined if it has not. */
	get openedAtMs(): number | undefined {
		return this.#openedAtMs;
	}

	/** True once one of the two sides has begun to end the connection. */
	get isEnding(): boolean {
		return this.#isOver || this.#endedBy !== undefined;
	}

	/** True if the load had no time left for the connection. */
	get isOutOfTime(): boolean {
		return this.#isOutOfTime;
	}

	/** The connection has opened. */
	open(): void {
		this.#openedAtMs = performance.now();
		this.#listener.opened();
	}

	/** The client ends the connection. Changes nothing if the server was first. */
	endByClient(): void {
		this.#endedBy ??= "by-client";
	}

	/** The server ends the connection. Changes nothing if the client was first. */
	endByServer(): void {
		this.#endedBy ??= "by-server";
	}

	/** The client ends the connection, because the load has no time left for it. */
	runOutOfTime(): void {
		this.#isOutOfTime = true;
		this.endByClient();
	}

	/**
	 * The socket has closed. Reports `refused` if the connection never opened. Otherwise `settleRest` gives the requests that
	 * are left their outcomes, and `closed` follows.
	 */
	end({ error, unaskedStatus }: SocketEnd, settleRest: () => void): void {
		this.#isOver = true;
		const { number: connection, askedAtMs } = this;
		const openedAtMs = this.#openedAtMs;
		const how = this.#endedBy ?? "by-client";
		if (openedAtMs === undefined) {
			this.#listener.refused(error ?? (this.#endedBy === undefined ? "ECONNRESET" : undefined));
			return;
		}
		settleRest();
		this.#listener.closed(connectionEnd({ connection, askedAtMs, openedAtMs, how, error, unaskedStatus }));
	}
}
