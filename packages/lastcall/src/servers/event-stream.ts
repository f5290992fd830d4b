import type { ServerResponse } from "node:http";

/** Behind an empty line an event is over. A line may end with CRLF, LF or CR. */
const BOUNDARY = /\r?\n\r?\n|\r\r/g;
/** So many characters of a boundary may be in the piece before. */
const TAIL = 3;

/**
 * Reports whether this answer is an event stream that we can end: its head is written, it has no end of its own, and its
 * bytes are what the program wrote.
 */
export function isEventStream(response: ServerResponse): boolean {
	// As written: what is given to `writeHead()` alone is not in `getHeader()`. Not documented, and as old as Node's HTTP.
	const { _header: head } = response as { _header?: unknown };
	if (typeof head !== "string" || !/^content-type: *text\/event-stream/im.test(head)) return false;
	return !/^content-length:|^content-encoding: *(?!identity)/im.test(head);
}

/**
 * Ends an event stream between two events, since it would have no end otherwise: whoever reads it connects again, and
 * finds another server. Nothing is known of what was written before; so the next end of an event is waited for, and a
 * stream that is silent is ended as it is.
 */
export class EventStreamEnd {
	readonly #response: ServerResponse;
	readonly #comeBackMs: number;
	readonly #ending: () => void;
	readonly #write: ServerResponse["write"];
	readonly #since = performance.now();
	/** The end of what was last written; nothing is known of what was written before. */
	#tail: string | undefined;
	#hasEnded = false;

	/**
	 * @param comeBackMs how long its reader is asked to wait before it connects again
	 * @param ending hears that the stream is about to be ended
	 */
	constructor(response: ServerResponse, comeBackMs: number, ending: () => void) {
		this.#response = response;
		this.#comeBackMs = comeBackMs;
		this.#ending = ending;
		this.#write = response.write;
		response.write = (chunk: unknown, ...rest: unknown[]): boolean => this.#written(chunk, rest);
	}

	/** Ends a stream that has been silent for so long. */
	endIfSilent(forMs: number): void {
		if (this.#tail !== undefined || this.#response.writableEnded || performance.now() - this.#since < forMs) return;
		// Half of an event may be out, which an empty line would complete: without one, it is dropped by whoever reads it.
		this.#end(`retry: ${this.#comeBackMs}\n`);
	}

	#written(chunk: unknown, rest: unknown[]): boolean {
		const callback = rest.find((argument) => typeof argument === "function") as (() => void) | undefined;
		if (this.#hasEnded) return dropped(callback);
		const before = this.#tail ?? "";
		const text = before + textOf(chunk);
		this.#tail = text.slice(-TAIL);
		const end = endOfLastEvent(text) - before.length;
		if (!(end > 0)) return Reflect.apply(this.#write, this.#response, [chunk, ...rest]) as boolean;
		// What follows in the same piece is a later event's.
		Reflect.apply(this.#write, this.#response, [(chunk as string).slice(0, end), ...rest]);
		this.#end(`retry: ${this.#comeBackMs}\n\n`);
		return true;
	}

	#end(lastWord: string): void {
		const response = this.#response;
		this.#hasEnded = true;
		this.#ending();
		Reflect.apply(this.#write, response, [lastWord]);
		response.end();
		// A program that goes on writing has not heard of it, and is not at fault.
		response.end = ((...args: unknown[]) => {
			dropped(args.find((argument) => typeof argument === "function") as (() => void) | undefined);
			return response;
		}) as ServerResponse["end"];
	}
}

function dropped(callback: (() => void) | undefined): true {
	if (callback !== undefined) process.nextTick(callback);
	return true;
}

/** A character for each byte, or for each of the string's own: line ends are the same either way. */
function textOf(chunk: unknown): string {
	if (!(chunk instanceof Uint8Array)) return String(chunk);
	return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1");
}

/** Where the last event in this text ends; 0 where none does. */
function endOfLastEvent(text: string): number {
	let end = 0;
	for (const { index, 0: boundary } of text.matchAll(BOUNDARY)) end = index + boundary.length;
	return end;
}
