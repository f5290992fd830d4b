import type { Writable } from "node:stream";

/** The methods by which a handler writes. */
export type Written = Pick<Writable, "write" | "end">;

/** An empty line ends an event. A line may end with CRLF, LF or CR (HTML, section 9.2.5). */
const BOUNDARY = /\r?\n\r?\n|\r\r/g;
const ENDS_WITH_BOUNDARY = /(\n\r?\n|\r\r)$/;
/** Up to this many characters of a boundary may be in the piece before. */
const TAIL = 3;

/**
 * Watches what is written to an event stream, and ends it between two events. What was written before is unknown, so it waits
 * for the next end of an event; a stream that stays silent is ended as it is.
 *
 * The trick: it shadows `write` on this one response or HTTP/2 stream, and `end` on the response above. Node.js has no event
 * for what a program writes, and all its ways to write come through these (`lib/_http_outgoing.js`,
 * `lib/internal/http2/compat.js`).
 */
export class EventWatch {
	readonly #response: Written;
	readonly #write: Writable["write"];
	readonly #since = performance.now();
	/** The last characters that were written. */
	#tail: string | undefined;
	/** Set once the stream should end. */
	#ending: { readonly lastLine: string; readonly ended: () => void } | undefined;
	#isEnded = false;
	/** The handler has just ended it: its last piece comes next. */
	#isHandlerEnding = false;

	/** @param above writes its last piece to `response` when the handler ends it */
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
	 * Ends the stream after the next event, or now if it has been silent. The first call decides how; each call checks the
	 * silence.
	 * @param lastLine is written after the last event
	 * @param silentMs ends it now if nothing was written for this long since the watch began; with 0 also if its last event is
	 * whole
	 * @returns when to call it next, as `performance.now()` counts
	 */
	endAfterEvent(lastLine: string, silentMs: number, ended: () => void): number {
		if (this.#isEnded) return Number.POSITIVE_INFINITY;
		this.#ending ??= { lastLine, ended };
		const isSilent = this.#tail === undefined && performance.now() - this.#since >= silentMs;
		const isWhole = this.#tail !== undefined && silentMs === 0 && ENDS_WITH_BOUNDARY.test(this.#tail);
		// Half of an event may have been sent, which an empty line would complete. Without one, the client drops it.
		if (isSilent || isWhole) this.#end(this.#ending.lastLine);
		return this.#isEnded || this.#tail !== undefined ? Number.POSITIVE_INFINITY : this.#since + silentMs;
	}

	#written(chunk: unknown, rest: unknown[]): boolean {
		const before = this.#tail ?? "";
		const text = before + toText(chunk);
		this.#tail = text.slice(-TAIL);
		if (this.#ending === undefined || this.#isHandlerEnding) return this.#pass(chunk, rest);
		const end = endOfLastEvent(text) - before.length;
		if (!(end > 0)) return this.#pass(chunk, rest);
		// The rest of the piece belongs to a later event.
		this.#pass((chunk as string).slice(0, end), rest);
		const { lastLine } = this.#ending;
		this.#end(lastLine === "" ? "" : `${lastLine}\n`);
		return true;
	}

	#pass(chunk: unknown, rest: readonly unknown[] = []): boolean {
		return Reflect.apply(this.#write, this.#response, [chunk, ...rest]) as boolean;
	}

	#end(lastText: string): void {
		this.#isEnded = true;
		if (lastText !== "") this.#pass(lastText);
		endQuietly(this.#response);
		this.#ending?.ended();
	}
}

/** Ends the response, and drops what is written to it from now on without an error: its handler does not know of the end. */
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

/** Converts a chunk to a string, with a character for each byte of a buffer. Line ends are the same in every encoding. */
function toText(chunk: unknown): string {
	if (!(chunk instanceof Uint8Array)) return String(chunk);
	return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1");
}

/** Returns where the last event in this text ends; 0 if none does. */
function endOfLastEvent(text: string): number {
	let end = 0;
	for (const { index, 0: boundary } of text.matchAll(BOUNDARY)) end = index + boundary.length;
	return end;
}
