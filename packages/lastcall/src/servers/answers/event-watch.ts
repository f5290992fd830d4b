import type { Writable } from "node:stream";

/** What a handler writes to. */
export type Written = Pick<Writable, "write" | "end">;

/** After an empty line an event is over. A line may end with CRLF, LF or CR (HTML, section 9.2.5). */
const BOUNDARY = /\r?\n\r?\n|\r\r/g;
const ENDS_WITH_BOUNDARY = /(\n\r?\n|\r\r)$/;
/** So many characters of a boundary may be in the piece before. */
const TAIL = 3;

/**
 * Watches what is written to an event stream, and ends it between two events. Nothing is known of what was written before:
 * so the next end of an event is waited for, and a stream that has been silent since then is ended as it is.
 */
export class EventWatch {
	readonly #response: Written;
	readonly #write: Writable["write"];
	readonly #since = performance.now();
	/** The end of what was last written. */
	#tail: string | undefined;
	/** Known once it is to be ended. */
	#ending: { readonly lastLine: string; readonly ended: () => void } | undefined;
	#isEnded = false;
	/** Its handler has just ended it: the last piece of it is on its way. */
	#isHandlerEnding = false;

	/** @param above what writes its last piece to `response` where its handler ends it */
	constructor(response: Written, above?: Written) {
		this.#response = response;
		this.#write = response.write;
		response.write = (chunk: unknown, ...rest: unknown[]): boolean => this.#written(chunk, rest);
		if (above === undefined) return;
		const { end } = above;
		above.end = ((...args: unknown[]) => {
			this.#isHandlerEnding = true;
			return Reflect.apply(end, above, args);
		}) as Writable["end"];
	}

	/**
	 * Ends it after the next event, or now if it has been silent. The first call counts; each call looks whether it has been.
	 * @param lastLine is written after the last event
	 * @param silentMs how long it has been watched without a piece; 0: it also ends now if its last event is whole
	 */
	endAfterEvent(lastLine: string, silentMs: number, ended: () => void): void {
		if (this.#isEnded) return;
		this.#ending ??= { lastLine, ended };
		const isSilent = this.#tail === undefined && performance.now() - this.#since >= silentMs;
		const isWhole = this.#tail !== undefined && silentMs === 0 && ENDS_WITH_BOUNDARY.test(this.#tail);
		// Half of an event may be out, which an empty line would complete: without one, its reader drops it.
		if (isSilent || isWhole) this.#end(this.#ending.lastLine);
	}

	#written(chunk: unknown, rest: unknown[]): boolean {
		const before = this.#tail ?? "";
		const text = before + describeEvent(chunk);
		this.#tail = text.slice(-TAIL);
		if (this.#ending === undefined || this.#isHandlerEnding) return this.#pass(chunk, rest);
		const end = endOfLastEvent(text) - before.length;
		if (!(end > 0)) return this.#pass(chunk, rest);
		// What follows in the same piece is a later event's.
		this.#pass((chunk as string).slice(0, end), rest);
		const { lastLine } = this.#ending;
		this.#end(lastLine === "" ? "" : `${lastLine}\n`);
		return true;
	}

	#pass(chunk: unknown, rest: readonly unknown[] = []): boolean {
		return Reflect.apply(this.#write, this.#response, [chunk, ...rest]) as boolean;
	}

	#end(lastWords: string): void {
		this.#isEnded = true;
		if (lastWords !== "") this.#pass(lastWords);
		endQuietly(this.#response);
		this.#ending?.ended();
	}
}

/** Ends it, and drops what is written to it from now on: its handler does not know of the end, and is not at fault. */
export function endQuietly(response: Written): void {
	response.end();
	response.write = (...args: unknown[]): boolean => {
		dropped(args);
		return true;
	};
	response.end = ((...args: unknown[]) => {
		dropped(args);
		return response;
	}) as Writable["end"];
}

function dropped(args: readonly unknown[]): void {
	const callback = args.find((argument) => typeof argument === "function") as (() => void) | undefined;
	if (callback !== undefined) process.nextTick(callback);
}

/** A character for each byte, or for each of the string's own: line ends are the same either way. */
function describeEvent(chunk: unknown): string {
	if (!(chunk instanceof Uint8Array)) return String(chunk);
	return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1");
}

/** Where the last event in this text ends; 0 where none does. */
function endOfLastEvent(text: string): number {
	let end = 0;
	for (const { index, 0: boundary } of text.matchAll(BOUNDARY)) end = index + boundary.length;
	return end;
}
