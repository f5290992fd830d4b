import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { ConnectionLife } from "./connection-life.ts";
import type { ConnectionListener } from "./connection-listener.ts";
import type { OpenRawSocket, RawSocketListener } from "./raw-socket.ts";
import { type OutgoingRequest, RequestQueue } from "./request-queue.ts";

/** Options of one raw connection. */
export interface RawConnectionOptions {
	/** Its number in its load. */
	readonly number: number;
	/** Pauses for `everyMs` after each read of at most `bytesPerRead`. */
	readonly slow?: { readonly bytesPerRead: number; readonly everyMs: number } | undefined;
	/** @default 10_000 */
	readonly connectTimeoutMs?: number | undefined;
}

/**
 * An HTTP/1.1 client connection that knows what it wrote and decides the outcome of each request. It never retries, and sends
 * nothing unasked. After a response that says `Connection: close` it ends its side; see `usable`.
 */
export class RawConnection {
	readonly life: ConnectionLife;
	readonly #socket: Socket;
	readonly #queue: RequestQueue;
	readonly #slow: RawConnectionOptions["slow"];
	#error: string | undefined;
	#pause: NodeJS.Timeout | undefined;

	/** Connects at once. `listener` is not called before this returns. */
	constructor(open: OpenRawSocket, listener: ConnectionListener, options: RawConnectionOptions) {
		const { number, slow, connectTimeoutMs = 10_000 } = options;
		this.life = new ConnectionLife(number, listener);
		this.#slow = slow;
		this.#queue = new RequestQueue(number, listener, (isLast) => {
			if (isLast || this.life.isEnding) this.close();
		});
		const readBytes = slow && { readBytes: slow.bytesPerRead };
		this.#socket = open(this.#socketListener(), { connectTimeoutMs, ...readBytes });
	}

	/** True if another request may be sent. Once the connection has opened and this is false, it stays false. */
	get usable(): boolean {
		const { openedAtMs, isEnding } = this.life;
		return openedAtMs !== undefined && !isEnding && this.#error === undefined && this.#queue.open;
	}

	/** How many requests were sent and have no outcome yet. */
	get inFlight(): number {
		return this.#queue.length;
	}

	/** True if a write failed. The connection is gone then, but bytes that it received may still be unread. */
	get writeFailed(): boolean {
		return this.#error !== undefined;
	}

	/**
	 * Sends requests in one write, and with them the first piece of a body that the last request does not bring itself.
	 * `written` is called once the kernel has them or the write failed, and not at all if the connection ends first. Throws
	 * unless `usable`.
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

	/** Writes raw bytes: more of a body, or of a head that is not complete. `written` as for `send`. */
	write(piece: Uint8Array | string, written?: () => void): void {
		if (!this.life.isEnding) this.#socket.write(piece, this.#unlessDestroyed(written));
	}

	/** Stops taking bytes from the kernel. */
	pauseReading(): void {
		this.#socket.pause();
	}

	/** Takes bytes from the kernel again. */
	resumeReading(): void {
		this.#socket.resume();
	}

	/** Ends this side. The responses to what is in flight are still read. */
	close(): void {
		this.life.endByClient();
		const opened = this.life.openedAtMs !== undefined;
		if (opened && this.#queue.length > 0) this.#socket.end();
		// Bytes that no response depends on, the rest of an upload, must not hold the connection open.
		else if (!opened || this.#socket.writableLength > 0) this.#socket.destroy();
		else if (this.#socket instanceof TLSSocket) this.#socket.destroySoon();
		// The kernel has all bytes, and sends a FIN after them. TLS has a message of its own before that.
		else this.#socket.destroy();
	}

	/** Closes now: what is in flight is out of time. With `mayStayOpen`, an event stream that is well is not. */
	giveUp(mayStayOpen = false): void {
		if (mayStayOpen) this.#queue.settleOpen();
		this.life.runOutOfTime();
		this.#socket.destroy();
	}

	#unlessDestroyed(written: (() => void) | undefined): (() => void) | undefined {
		return written && (() => !this.#socket.destroyed && written());
	}

	#socketListener(): RawSocketListener {
		return {
			opened: () => this.life.open(),
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
			this.life.endByClient();
			this.#socket.destroy();
			return false;
		}
		if (this.#slow) this.#pause = setTimeout(() => this.resumeReading(), this.#slow.everyMs);
		// libuv reports a reset that it polls together with the bytes before it as a FIN, unless reading was stopped by
		// then (`uv__stream_io`, POLLHUP). Here that is the difference between a complete response and half of one.
		else if (this.#queue.endsWithFin) setImmediate(() => this.resumeReading());
		else return true;
		return false;
	}

	#ended(isReset: () => boolean): void {
		// In all other cases a request is lost either way, and the difference can be looked up later.
		if (!this.#queue.endsWithFin && !this.life.isEnding && isReset()) this.#error ??= "ECONNRESET";
		// A failed write took the error from the kernel, which then reports the reset as a FIN, too.
		if (this.#error === undefined) this.#queue.fin();
		this.life.endByServer();
		this.#socket.destroy();
	}

	#closed(socketError: string | undefined): void {
		clearTimeout(this.#pause);
		const error = this.#error ?? socketError;
		const { unaskedStatus } = this.#queue;
		const detail = this.life.isOutOfTime ? "time-limit" : undefined;
		this.life.end({ error, unaskedStatus }, () => this.#queue.settleRest({ error, detail }));
	}
}
