import type { Socket } from "node:net";
import type { Readable } from "node:stream";

/** Standard input: a socket or a terminal, or a file, which has no `ref()`. */
type StandardInput = Readable & Partial<Pick<Socket, "ref" | "unref">>;

/** Undocumented: true from the end of the input on, also if a part of it is unread. */
interface Ended {
	readonly _readableState?: { readonly ended?: boolean };
}

/** What a reader of the stream listens to. `pipe()` and `readline` listen to `data`, asynchronous iteration to `readable`. */
const READING = ["data", "readable"] as const;

/** Looks for the end of standard input. */
export interface InputEnd {
	/** From now on input is read if nothing else reads it. Before that, the end shows only while the program reads. */
	watch(): void;
	leave(): void;
}

/**
 * Calls `onEnd` once, when standard input has ended: its end was read, it was closed, or reading it failed, which is no error then.
 * While the program reads the input, that is after the last of its data.
 */
export function onInputEnd(onEnd: (error?: unknown) => void): InputEnd {
	try {
		return new InputWatch(process.stdin, onEnd);
	} catch (error) {
		// A descriptor that is no stream.
		onEnd(error);
		return { watch: () => {}, leave: () => {} };
	}
}

/**
 * If nothing reads standard input, a listener for `readable` makes Node.js read it into the buffer of the stream, up to its limit. What
 * is there stays there, and the stream no longer keeps the process alive. As soon as something else begins to read, this watch steps
 * back, and the reader gets it all.
 */
class InputWatch implements InputEnd {
	readonly #input: StandardInput & Ended;
	readonly #onEnd: (error?: unknown) => void;
	#isOver = false;
	#mayWatch = false;
	#isWatching = false;

	constructor(input: StandardInput, onEnd: (error?: unknown) => void) {
		this.#input = input;
		this.#onEnd = onEnd;
		input.on("end", this.#ended).on("close", this.#ended).on("error", this.#failed);
		// The program has read all of it before.
		if (input.readableEnded === true || input.destroyed === true) this.#ended();
	}

	watch(): void {
		if (this.#mayWatch || this.#isOver) return;
		this.#mayWatch = true;
		this.#input.on("removeListener", this.#readerLeft).on("pause", this.#readerLeft);
		this.#begin();
	}

	leave(): void {
		this.#isOver = true;
		const input = this.#input;
		input.off("end", this.#ended).off("close", this.#ended).off("error", this.#failed);
		input.off("removeListener", this.#readerLeft).off("pause", this.#readerLeft);
		input.off("readable", this.#look).off("resume", this.#resumed);
		// `#readerComes` stays if the stream is watched: the next reader keeps the process alive again.
	}

	readonly #ended = (): void => {
		this.leave();
		this.#onEnd();
	};

	readonly #failed = (error: unknown): void => {
		this.leave();
		this.#onEnd(error);
	};

	/** If it was the last reader, the watch goes on. */
	readonly #readerLeft = (): void => {
		setImmediate(() => this.#begin());
	};

	#begin(): void {
		const input = this.#input;
		const isRead = input.readableFlowing === true || READING.some((event) => input.listenerCount(event) > 0);
		if (this.#isWatching || this.#isOver || isRead) return;
		this.#isWatching = true;
		input.unref?.();
		input.on("newListener", this.#readerComes).on("resume", this.#resumed).on("readable", this.#look);
	}

	/** Called when something was read, and at the end. */
	readonly #look = (): void => {
		const { readableLength, _readableState: state } = this.#input;
		if (readableLength === 0 || state?.ended === true) this.#ended();
	};

	readonly #readerComes = (event: string | symbol, listener: unknown): void => {
		if ((event !== "data" && event !== "readable") || listener === this.#look) return;
		this.#stepBack();
		// What the stream has announced to this watch, it does not announce again.
		if (event === "readable") process.nextTick(() => this.#input.emit("readable"));
	};

	/** The program has called `resume()` without a listener. */
	readonly #resumed = (): void => {
		this.#stepBack();
		process.nextTick(() => this.#input.resume());
	};

	#stepBack(): void {
		this.#isWatching = false;
		const input = this.#input;
		input.off("newListener", this.#readerComes).off("resume", this.#resumed).off("readable", this.#look);
		input.ref?.();
	}
}
