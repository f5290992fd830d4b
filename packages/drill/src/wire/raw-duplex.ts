import { Duplex } from "node:stream";
import type { OpenRawSocket, RawSocketListener } from "./raw-socket.ts";

/** What a raw duplex reports. After `closed`, which comes exactly once, nothing follows. */
export interface RawDuplexListener {
	/** Connected; over TLS, the handshake is done. */
	opened(): void;
	/** These bytes are about to be read. */
	received?(bytes: Buffer): void;
	/** These bytes are about to be written. */
	sent?(bytes: Buffer): void;
	/** `end` says how, if the duplex was open. */
	closed(end: RawDuplexEnd): void;
}

/** How a raw duplex ended. */
export interface RawDuplexEnd {
	/** The error's code; undefined after a clean end. */
	readonly error?: string;
	/** True if the other side's FIN came before this side's. */
	readonly finReceived: boolean;
}

/** A raw socket as the stream that a protocol's library takes. It still distinguishes a reset from a FIN. */
export class RawDuplex extends Duplex {
	readonly #socket: ReturnType<OpenRawSocket>;
	readonly #listener: RawDuplexListener;
	#isOpen = false;
	#error: string | undefined;
	#finReceived = false;

	/** Connects at once. What is written before it is open is sent once it is. */
	constructor(open: OpenRawSocket, listener: RawDuplexListener, connectTimeoutMs = 10_000) {
		super();
		this.#listener = listener;
		// The listener gets the error. Without this, it would be uncaught once the library has removed its own handler.
		this.on("error", () => {});
		this.#socket = open(this.#socketListener(), { connectTimeoutMs });
	}

	override _read(): void {
		this.#socket.resume();
	}

	override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
		this.#listener.sent?.(chunk);
		this.#socket.write(chunk, () => callback());
	}

	override _writev(chunks: { chunk: Buffer }[], callback: () => void): void {
		this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), "utf8", callback);
	}

	override _final(callback: () => void): void {
		this.#socket.end(() => callback());
	}

	override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
		this.#socket.destroy();
		callback(error);
	}

	#socketListener(): RawSocketListener {
		return {
			opened: () => {
				this.#isOpen = true;
				this.#listener.opened();
			},
			received: (bytes, length) => {
				if (this.destroyed) return false;
				const own = Buffer.from(bytes.subarray(0, length));
				this.#listener.received?.(own);
				return this.push(own);
			},
			writeFailed: (code) => {
				// Writes that waited for the connection fail with it: the reason is that of the connection.
				if (this.#isOpen) this.#error ??= code;
			},
			ended: (isReset) => {
				if (!this.writableEnded && isReset()) this.#error ??= "ECONNRESET";
				if (!this.writableEnded && this.#error === undefined) this.#finReceived = true;
				if (this.#error === undefined) this.push(null);
				else this.#socket.destroy();
			},
			closed: (socketError) => {
				const error = this.#error ?? socketError;
				this.destroy(error === undefined ? undefined : Object.assign(new Error(error), { code: error }));
				this.#listener.closed({ ...(error === undefined ? undefined : { error }), finReceived: this.#finReceived });
			},
		};
	}
}
