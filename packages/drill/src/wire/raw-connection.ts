import type { Socket } from "node:net";
import { connectionEnd } from "../record/connection-end.ts";
import type { OutcomeDetail } from "../record/outcome.ts";
import type { ConnectionListener } from "./connection-listener.ts";
import type { OpenRawSocket, RawSocketListener } from "./raw-socket.ts";
import { type OutgoingRequest, RequestQueue } from "./request-queue.ts";

/** Options of one raw connection. */
export interface RawConnectionOptions {
	/** Its number in its load. */
	readonly number: number;
	/** EventLoopLag for `everyMs` after each read of at most `bytesPerRead`. */
	readonly slow?: { readonly bytesPerRead: number; readonly everyMs: number } | undefined;
	/** @default 10_000 */
	readonly connectTimeoutMs?: number | undefined;
}

/**
 * An HTTP/1.1 client connection that knows what it wrote and judges what became of it. It never retries and never
 * sends by itself. After an answer that says `Connection: close` it ends its side; see `usable`.
 */
export class RawConnection {
	/** Its number in its load. */
	readonly number: number;
	/** When it was asked for, `performance.now()`. */
	readonly askedAtMs: number = performance.now();
	readonly #socket: Socket;
	readonly #queue: RequestQueue;
	readonly #listener: ConnectionListener<RawConnection>;
	readonly #slow: RawConnectionOptions["slow"];
	#openedAtMs: number | undefined;
	#ending = false;
	#how: "by-server" | "by-client" | undefined;
	#error: string | undefined;
	#detail: OutcomeDetail | undefined;
	#pause: NodeJS.Timeout | undefined;

	/** Connects at once. `listener` is not called before this returns. */
	constructor(open: OpenRawSocket, listener: ConnectionListener<RawConnection>, options: RawConnectionOptions) {
		const { number, slow, connectTimeoutMs = 10_000 } = options;
		this.number = number;
		this.#listener = listener;
		this.#slow = slow;
		this.#queue = new RequestQueue(number, {
			began: () => listener.answerBegan(this),
			settled: (record) => listener.settled(this, record),
			answered: (last) => {
				if (last || this.#ending) this.close();
			},
		});
		const readBytes = slow && { readBytes: slow.bytesPerRead };
		this.#socket = open(this.#socketListener(), { connectTimeoutMs, ...readBytes });
	}

	/** Reports whether another request may be sent. Once open and then false, it stays false. */
	get usable(): boolean {
		return this.#openedAtMs !== undefined && !this.#ending && this.#error === undefined && this.#queue.open;
	}

	/** How many requests were sent and have no outcome. */
	get inFlight(): number {
		return this.#queue.length;
	}

	/** Reports whether a write failed. The connection is gone then, though what it received may still be unread. */
	get writeFailed(): boolean {
		return this.#error !== undefined;
	}

	/**
	 * Sends requests in one write, and with them the first piece of a body that the last one doesn't bring itself. `written` is called once the
	 * kernel has them or the write failed, and not at all if the connection ends first. Throws unless `usable`.
	 */
	send(requests: readonly OutgoingRequest[], firstPiece?: Uint8Array, written?: () => void): void {
		if (!this.usable) throw new Error("The connection takes no more requests.");
		const sentAtMs = performance.now();
		let text = "";
		for (const request of requests) {
			this.#queue.push(request, sentAtMs);
			text += request.body === undefined ? request.head : request.head + request.body;
		}
		if (firstPiece) this.#socket.cork();
		this.#socket.write(text, "latin1", firstPiece ? undefined : this.#unlessDestroyed(written));
		if (!firstPiece) return;
		this.#socket.write(firstPiece, this.#unlessDestroyed(written));
		this.#socket.uncork();
	}

	/** Writes raw bytes: more of a body, or of a head that is no request yet. `written` as for `send`. */
	write(piece: Uint8Array | string, written?: () => void): void {
		if (!this.#ending) this.#socket.write(piece, this.#unlessDestroyed(written));
	}

	/** Stops taking bytes from the kernel. */
	pauseReading(): void {
		this.#socket.pause();
	}

	/** Takes bytes from the kernel again. */
	resumeReading(): void {
		this.#socket.resume();
	}

	/** Ends this side. What is in flight is still waited for. */
	close(): void {
		this.#ending = true;
		this.#how ??= "by-client";
		const opened = this.#openedAtMs !== undefined;
		if (opened && this.#queue.length > 0) this.#socket.end();
		// Bytes that nobody waits for, the rest of an upload, must not hold the connection open.
		else if (!opened || this.#socket.writableLength > 0) this.#socket.destroy();
		else this.#socket.destroySoon();
	}

	/** Ends now: what is in flight is out of time, unless it has no end of its own and may stay open. */
	giveUp(mayStayOpen = false): void {
		if (mayStayOpen) this.#queue.settleOpen();
		this.#ending = true;
		this.#how ??= "by-client";
		this.#detail ??= "time-limit";
		this.#socket.destroy();
	}

	#unlessDestroyed(written: (() => void) | undefined): (() => void) | undefined {
		return written && (() => !this.#socket.destroyed && written());
	}

	#socketListener(): RawSocketListener {
		return {
			opened: () => {
				this.#openedAtMs = performance.now();
				this.#listener.opened(this);
			},
			received: (bytes, length) => this.#received(bytes, length),
			writeFailed: (code) => {
				this.#error ??= code;
			},
			ended: (isReset) => this.#ended(isReset),
			closed: (error) => this.#closed(error),
		};
	}

	#received(bytes: Buffer, length: number): boolean {
		if (!this.#queue.receive(bytes, length)) {
			this.#how ??= "by-client";
			this.#socket.destroy();
			return false;
		}
		if (this.#slow) this.#pause = setTimeout(() => this.resumeReading(), this.#slow.everyMs);
		// libuv reports a reset that it polls together with the bytes before it as a FIN, unless reading was stopped by
		// then (`uv__stream_io`, POLLHUP). Here the difference is between a whole answer and half of one.
		else if (this.#queue.endsWithFin) setImmediate(() => this.resumeReading());
		else return true;
		return false;
	}

	#ended(isReset: () => boolean): void {
		// Elsewhere it is only one between two ways of losing a request, and can be looked up afterwards.
		if (!this.#queue.endsWithFin && !this.#ending && isReset()) this.#error ??= "ECONNRESET";
		// A failed write took the error from the kernel, which then reports the reset as a FIN, too.
		if (this.#error === undefined) this.#queue.fin();
		this.#ending = true;
		this.#how ??= "by-server";
		this.#socket.destroy();
	}

	#closed(socketError: string | undefined): void {
		const error = this.#error ?? socketError;
		this.#ending = true;
		clearTimeout(this.#pause);
		if (this.#openedAtMs === undefined) {
			this.#listener.refused(this, error ?? (this.#how === "by-client" ? undefined : "ECONNRESET"));
			return;
		}
		this.#queue.settleRest({ error, detail: this.#detail });
		const { unaskedStatus } = this.#queue;
		const how = this.#how ?? "by-client";
		const { number: connection, askedAtMs } = this;
		const ended = { connection, askedAtMs, openedAtMs: this.#openedAtMs, how, error, unaskedStatus };
		this.#listener.closed(this, connectionEnd(ended));
	}
}
