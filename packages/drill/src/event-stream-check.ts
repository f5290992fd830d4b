import { createParser } from "eventsource-parser";
import type { BodyCheck } from "./body-check.ts";
import type { OutcomeDetail } from "./outcome.ts";

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const colon = 0x3a;

/**
 * Finds out whether an event stream's body ended between two events: whoever reads it drops an event that has no blank
 * line behind it. A line may end with CRLF, LF or CR. A whole line of comment is no part of an event.
 */
export class EventStreamCheck implements BodyCheck {
	readonly #decoder = new TextDecoder();
	readonly #parser = createParser({
		onRetry: (retryMs) => {
			this.#retryMs = retryMs;
		},
	});
	#retryMs: number | undefined;
	#betweenEvents = true;
	#lineBegan = false;
	#isComment = false;
	#afterCarriageReturn = false;

	/** The last `retry` that was received: how long to wait before the stream is opened again. */
	get retryMs(): number | undefined {
		return this.#retryMs;
	}

	received(piece: Buffer): void {
		for (const byte of piece) this.#take(byte);
		this.#parser.feed(this.#decoder.decode(piece, { stream: true }));
	}

	whole(): OutcomeDetail | undefined {
		return this.#betweenEvents && !this.#lineBegan ? undefined : "mid-event";
	}

	#take(byte: number): void {
		const endsCarriageReturn = this.#afterCarriageReturn && byte === lineFeed;
		this.#afterCarriageReturn = byte === carriageReturn;
		if (endsCarriageReturn) return;
		if (byte !== carriageReturn && byte !== lineFeed) {
			if (!this.#lineBegan) this.#isComment = byte === colon;
			this.#lineBegan = true;
			return;
		}
		if (!this.#lineBegan) this.#betweenEvents = true;
		else if (!this.#isComment) this.#betweenEvents = false;
		this.#lineBegan = false;
	}
}
