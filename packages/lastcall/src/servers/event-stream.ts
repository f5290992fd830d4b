import type { ServerResponse } from "node:http";
import type { ServerHttp2Stream } from "node:http2";
import type { Writable } from "node:stream";
import type { Goodbyes } from "../core/goodbyes.ts";
import { isClaimed } from "./claimed.ts";

/** What events are written to: an answer of HTTP/1.1, or a stream of HTTP/2, which is below both of its APIs. */
export type EventStreamAnswer = ServerResponse | ServerHttp2Stream;

/** Behind an empty line an event is over. A line may end with CRLF, LF or CR. */
const BOUNDARY = /\r?\n\r?\n|\r\r/g;
/** So many characters of a boundary may be in the piece before. */
const TAIL = 3;

/** What is done with each answer that was looked at: `null` with one that is no event stream. */
const ends = new WeakMap<EventStreamAnswer, EventStreamEnd | null>();

/**
 * Looks at an answer that is in flight while draining, and ends it at its time if it is an event stream, which would have
 * no end otherwise. To be called again and again.
 * @param ended is called when it was ended
 */
export function endEventStream(
	answer: EventStreamAnswer,
	lingerMs: number,
	goodbyes: Goodbyes,
	ended: () => void,
): void {
	// Who has a signal for this answer ends it.
	if (!answer.headersSent || isClaimed(answer)) return;
	let end = ends.get(answer);
	if (end === undefined) {
		end = isEventStream(headOf(answer)) ? new EventStreamEnd(answer, goodbyes.comeBackMs(), ended) : null;
		ends.set(answer, end);
	}
	end?.endIfSilent(lingerMs);
}

/** Drops whatever is written to it from now on: a program that goes on has not heard of the end, and is not at fault. */
export function dropWrites(answer: Pick<Writable, "write" | "end">): void {
	answer.write = (...args: unknown[]): boolean => {
		dropped(args);
		return true;
	};
	answer.end = ((...args: unknown[]) => {
		dropped(args);
		return answer;
	}) as Writable["end"];
}

/** The head as it was written, a line for each header. */
function headOf(answer: EventStreamAnswer): string {
	if ("sentHeaders" in answer) {
		return Object.entries(answer.sentHeaders ?? {})
			.map((header) => header.join(": "))
			.join("\n");
	}
	// What is given to `writeHead()` alone is not in `getHeader()`. Not documented, and as old as Node's HTTP.
	const { _header: head } = answer as { _header?: unknown };
	return typeof head === "string" ? head : "";
}

/** Reports whether an answer with this head has no end of its own, and its bytes are what the program wrote. */
function isEventStream(head: string): boolean {
	if (!/^content-type: *text\/event-stream/im.test(head)) return false;
	return !/^content-length:|^content-encoding: *(?!identity)/im.test(head);
}

/**
 * Ends an event stream between two events: whoever reads it connects again, and finds another server. Nothing is known of
 * what was written before; so the next end of an event is waited for, and a stream that is silent is ended as it is.
 */
class EventStreamEnd {
	readonly #answer: Writable;
	readonly #comeBackMs: number;
	readonly #ended: () => void;
	readonly #write: Writable["write"];
	readonly #since = performance.now();
	/** The end of what was last written; nothing is known of what was written before. */
	#tail: string | undefined;

	/** @param comeBackMs how long its reader is asked to wait before it connects again */
	constructor(answer: Writable, comeBackMs: number, ended: () => void) {
		this.#answer = answer;
		this.#comeBackMs = comeBackMs;
		this.#ended = ended;
		this.#write = answer.write;
		answer.write = (chunk: unknown, ...rest: unknown[]): boolean => this.#written(chunk, rest);
	}

	/** Ends a stream that has been silent for so long. */
	endIfSilent(forMs: number): void {
		if (this.#tail !== undefined || this.#answer.writableEnded || performance.now() - this.#since < forMs) return;
		// Half of an event may be out, which an empty line would complete: without one, it is dropped by whoever reads it.
		this.#end(`retry: ${this.#comeBackMs}\n`);
	}

	#written(chunk: unknown, rest: unknown[]): boolean {
		const before = this.#tail ?? "";
		const text = before + textOf(chunk);
		this.#tail = text.slice(-TAIL);
		const end = endOfLastEvent(text) - before.length;
		if (!(end > 0)) return Reflect.apply(this.#write, this.#answer, [chunk, ...rest]) as boolean;
		// What follows in the same piece is a later event's.
		Reflect.apply(this.#write, this.#answer, [(chunk as string).slice(0, end), ...rest]);
		this.#end(`retry: ${this.#comeBackMs}\n\n`);
		return true;
	}

	#end(lastWord: string): void {
		Reflect.apply(this.#write, this.#answer, [lastWord]);
		this.#answer.end();
		dropWrites(this.#answer);
		this.#ended();
	}
}

function dropped(args: readonly unknown[]): void {
	const callback = args.find((argument) => typeof argument === "function") as (() => void) | undefined;
	if (callback !== undefined) process.nextTick(callback);
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
