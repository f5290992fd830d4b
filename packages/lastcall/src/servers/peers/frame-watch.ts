import type { Socket } from "node:net";
import { shadowMethod } from "../../core/shadow-method.ts";
import { unsentBytes } from "../listening/connection-activity.ts";
import { FrameReader } from "./frame-reader.ts";

/** The part of a conversation that is compared: what the client sends, and what the program sends. */
interface Turns {
	/** Messages of the client that no message of the program has followed yet. */
	owed: number;
	/** Messages of the program beyond those that are owed, since the client's last message. */
	extra: number;
	/** How often in a row the client's messages have got as many responses, and no other message has come between. */
	exchanges: number;
}

/**
 * What can be seen of a WebSocket on its socket, from the drain on. The library above notices nothing.
 *
 * The trick: it shadows `emit` and `write` on this one socket. A listener for `data` would change how the socket is read, and there is no
 * event for what is written. Where a library reads or writes in another way, only the socket's counters of bytes show that something
 * came or went.
 */
export class FrameWatch {
	readonly turns: Turns = { owed: 0, extra: 0, exchanges: 0 };
	readonly #socket: Socket;
	readonly #write: Socket["write"];
	readonly #received = new FrameReader(true, true);
	readonly #sent: FrameReader;
	readonly #changed: () => void;
	/** The time of the last byte in any direction. */
	lastAt = 0;
	/** The longest time between two messages of the client. 0 before the second one. */
	longestGapMs = 0;
	#cameAt: number | undefined;
	#seenRead: number;
	/** True if the library reads by `data` events. */
	#seesReads = false;
	#seenWritten: number;
	/** True if the library has written in a way that can't be seen. */
	#isBlind = false;
	#hasWritten = false;
	/** A close frame that waits for the end of a frame. */
	#waiting: { readonly frame: Buffer; readonly resolve: () => void } | undefined;
	readonly #restore: () => void;

	/** @param changed called when a message was sent, and when the client has ended the connection or begun to */
	constructor(socket: Socket, changed: () => void) {
		this.#socket = socket;
		this.#changed = changed;
		this.#sent = new FrameReader(false, unsentBytes(socket) === 0);
		this.#seenRead = socket.bytesRead;
		this.#seenWritten = socket.bytesWritten;
		const { emit, write } = socket;
		this.#write = write;
		const shadowEmit = (event: string | symbol, ...args: unknown[]): boolean => {
			if (event === "data") this.#read(args[0]);
			const isHeard = (emit as (...args: unknown[]) => boolean).call(socket, event, ...args);
			if (event === "data" || event === "end") this.#changed();
			return isHeard;
		};
		const shadowWrite = (...args: unknown[]): boolean => {
			const [chunk, encoding, ...rest] = args;
			const bytes = this.#wrote(toBytes(chunk, encoding));
			return (write as (...args: unknown[]) => boolean).call(socket, bytes ?? chunk, encoding, ...rest);
		};
		const restores = [shadowMethod(socket, "emit", shadowEmit), shadowMethod(socket, "write", shadowWrite)];
		this.#restore = () => {
			for (const restore of restores) restore();
		};
	}

	/** The socket gets its own methods back. */
	stop(): void {
		this.#restore();
	}

	/** True if one side has sent its close frame, or can send nothing more. */
	get isClosing(): boolean {
		const { destroyed, writableEnded } = this.#socket;
		return destroyed || writableEnded || this.#sent.hasClose || this.hasClientClosed;
	}

	/** True if the client has sent its close frame, or the end of its side. */
	get hasClientClosed(): boolean {
		return this.#received.hasClose || this.#socket.readableEnded;
	}

	/** True if each message of the client has got its response, and nothing else was sent. */
	get isAnswered(): boolean {
		return this.turns.exchanges > 0 && this.turns.owed === 0 && this.turns.extra === 0;
	}

	/** Notes what no event has shown. Returns true if something was sent since the last look. To be called at each look. */
	look(now: number): boolean {
		const { bytesRead, bytesWritten } = this.#socket;
		if (bytesRead !== this.#seenRead && !this.#seesReads) this.#came(1, now);
		this.#seenRead = bytesRead;
		if (bytesWritten !== this.#seenWritten) {
			this.#isBlind = true;
			this.#went(1, now);
		}
		this.#seenWritten = bytesWritten;
		const hasWritten = this.#hasWritten;
		this.#hasWritten = false;
		return hasWritten;
	}

	/**
	 * Returns true if a close frame may be sent now. Where it is not known whether a frame has begun, that is so while nothing is written.
	 * @param isOverdue true if it may interrupt a message between two of its frames, and follow what is unsent
	 */
	mayInterject(hasWritten: boolean, isOverdue: boolean): boolean {
		if (this.#isFollowed) return isOverdue || this.#sent.isBetweenMessages;
		return !hasWritten && this.#socket.writableCorked === 0 && (isOverdue || unsentBytes(this.#socket) === 0);
	}

	/**
	 * Sends a close frame after all that was written before. In the middle of a frame it waits for the end of that one, which may be in the
	 * middle of what is written next.
	 */
	async sendClose(frame: Buffer): Promise<void> {
		if (this.#isFollowed && !this.#sent.isBetweenFrames) {
			await new Promise<void>((resolve) => {
				this.#waiting = { frame, resolve };
			});
		} else {
			this.#sent.hasClose = true;
			this.#write.call(this.#socket, frame);
		}
	}

	/** True if it is known where the frames begin that are sent. */
	get #isFollowed(): boolean {
		return this.#sent.isTrusted && !this.#isBlind;
	}

	#read(chunk: unknown): void {
		const before = this.#received.messages;
		this.#received.push(toBytes(chunk, undefined));
		this.#seesReads = true;
		this.#came(this.#received.isTrusted ? this.#received.messages - before : 1, performance.now());
	}

	#came(messages: number, now: number): void {
		this.lastAt = now;
		if (messages === 0) return;
		this.longestGapMs = Math.max(this.longestGapMs, now - (this.#cameAt ?? now));
		this.#cameAt = now;
		if (this.turns.extra > 0 || this.turns.owed > 0) this.turns.exchanges = 0;
		this.turns.owed += messages;
		this.turns.extra = 0;
	}

	/** Returns what is written in place of `bytes`, if that is something else. */
	#wrote(bytes: Uint8Array): Uint8Array | undefined {
		const before = this.#sent.messages;
		const read = this.#sent.push(bytes, this.#waiting !== undefined);
		this.#seenWritten += bytes.length;
		this.#went(this.#sent.isTrusted ? this.#sent.messages - before : 1, performance.now());
		this.#changed();
		const waiting = this.#waiting;
		if (waiting === undefined || !this.#sent.isBetweenFrames) return undefined;
		this.#waiting = undefined;
		this.#sent.hasClose = true;
		waiting.resolve();
		return Buffer.concat([bytes.subarray(0, read), waiting.frame, bytes.subarray(read)]);
	}

	#went(messages: number, now: number): void {
		this.lastAt = now;
		this.#hasWritten = true;
		const { turns } = this;
		const answered = Math.min(turns.owed, messages);
		turns.owed -= answered;
		turns.extra += messages - answered;
		if (answered > 0 && turns.owed === 0) turns.exchanges++;
	}
}

function toBytes(chunk: unknown, encoding: unknown): Uint8Array {
	if (chunk instanceof Uint8Array) return chunk;
	return Buffer.from(String(chunk), typeof encoding === "string" ? (encoding as BufferEncoding) : "utf8");
}
