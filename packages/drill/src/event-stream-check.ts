import { createParser } from "eventsource-parser";
import type { BodyCheck } from "./body-check.ts";
import type { OutcomeDetail } from "./outcome.ts";

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
/** A line that begins so has no part in an event: a comment, or how long to wait before the stream is opened again. */
const noEvent = /^(:|retry(:|$))/;
const longestBegin = "retry:".length;

/**
 * Finds out whether an event stream's body ended between two events, and had as many as it should: its reader drops an
 * event that has no blank line after it. A line may end with CRLF, LF or CR. A whole line of comment or `retry` is no part of
 * an event.
 */
export class EventStreamCheck implements BodyCheck {
	readonly #decoder = new TextDecoder();
	readonly #expectEvents: number;
	#events = 0;
	readonly #parser = createParser({
		onEvent: () => void this.#events++,
		onRetry: (retryMs) => {
			this.#retryMs = retryMs;
		},
	});
	#retryMs: number | undefined;
	#betweenEvents = true;
	#lineBegin = "";
	#afterCarriageReturn = false;

	/** @param expectEvents how many events it has at least before it ends */
	constructor(expectEvents = 0) {
		this.#expectEvents = expectEvents;
	}

	/** The last `retry` that was received: how long to wait before the stream is opened again. */
	get retryMs(): number | undefined {
		return this.#retryMs;
	}

	received(piece: Buffer): void {
		for (const byte of piece) this.#take(byte);
		this.#parser.feed(this.#decoder.decode(piece, { stream: true }));
	}

	whole(): OutcomeDetail | undefined {
		if (!this.#betweenEvents || this.#lineBegin !== "") return "mid-event";
		return this.#events < this.#expectEvents ? "few-events" : undefined;
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
