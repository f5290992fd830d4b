import { createParser } from "eventsource-parser";
import type { OutcomeDetail } from "../record/outcome.ts";
import type { BodyCheck } from "./body-check.ts";

/** What a whole event stream has. It is asked for at the end of each stream, and may have been learned by then. */
export interface WholeStream {
	/** How many events, at least. */
	readonly events?: number | undefined;
	/** The name or the data of the last one. */
	readonly until?: string | undefined;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
/** A line that begins so has no part in an event: a comment, or how long to wait before the stream is opened again. */
const noEvent = /^(:|retry(:|$))/;
const longestBegin = "retry:".length;

/**
 * Finds out whether an event stream's body ended between two events, and had all that it should: its reader drops an
 * event that has no blank line after it. A line may end with CRLF, LF or CR. A whole line of comment or `retry` is no part of
 * an event. A body of another type has no events, and ends anywhere.
 */
export class EventStreamCheck implements BodyCheck {
	readonly #decoder = new TextDecoder();
	readonly #whole: WholeStream;
	#contentType: string | undefined;
	#events = 0;
	/** The name and the data of the last event, and of the one before. */
	#last: readonly string[] = [];
	#beforeLast: readonly string[] = [];
	readonly #parser = createParser({
		onEvent: ({ event, data }) => {
			this.#events++;
			this.#beforeLast = this.#last;
			this.#last = event === undefined ? [data] : [event, data];
		},
		onRetry: (retryMs) => {
			this.#retryMs = retryMs;
		},
	});
	#retryMs: number | undefined;
	#betweenEvents = true;
	#lineBegin = "";
	#afterCarriageReturn = false;

	constructor(whole: WholeStream = {}) {
		this.#whole = whole;
	}

	/** The type of a 2xx answer that has begun. */
	get contentType(): string | undefined {
		return this.#contentType;
	}

	/** Reports whether that is the one of event streams. */
	get isEventStream(): boolean {
		return /^text\/event-stream\b/i.test(this.#contentType ?? "");
	}

	/** The last `retry` that was received: how long to wait before the stream is opened again. */
	get retryMs(): number | undefined {
		return this.#retryMs;
	}

	/** What the last event said and the one before it did not: its name, its data, or both. */
	get endMarks(): readonly string[] {
		return this.#last.filter((mark) => !this.#beforeLast.includes(mark));
	}

	began(contentType: string | undefined): void {
		this.#contentType = contentType;
	}

	received(piece: Buffer): void {
		for (const byte of piece) this.#take(byte);
		this.#parser.feed(this.#decoder.decode(piece, { stream: true }));
	}

	whole(): OutcomeDetail | undefined {
		const { events: expected = 0, until } = this.#whole;
		// Not asked before: over HTTP/2, the body may be told of before the head that it came with.
		const [events, last] = this.isEventStream ? [this.#events, this.#last] : [0, []];
		if (this.isEventStream && (!this.#betweenEvents || this.#lineBegin !== "")) return "mid-event";
		if (events < expected) return "few-events";
		return until === undefined || last.includes(until) ? undefined : "early-end";
	}

	#take(byte: number): void {
		const endsCarriageReturn = this.#afterCarriageReturn && byte === lineFeed;
		this.#afterCarriageReturn = byte === carriageReturn;
		if (endsCarriageReturn) return;
		if (byte !== carriageReturn && byte !== lineFeed) {
			if (this.#lineBegin.length < longestBegin) this.#lineBegin += String.fromCharCode(byte);
			return;
		}
		if (this.#lineBegin === "") this.#betweenEvents = true;
		else if (!noEvent.test(this.#lineBegin)) this.#betweenEvents = false;
		this.#lineBegin = "";
	}
}
