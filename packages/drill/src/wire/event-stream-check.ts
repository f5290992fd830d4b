import type { OutcomeDetail } from "../record/outcome.ts";
import type { BodyCheck } from "./body-check.ts";

/** What a whole event stream has. It is read at the end of each stream, and may have been learned by then. */
export interface WholeStream {
	/** The least number of events. */
	readonly events?: number | undefined;
	/** The name or the data of the last event. */
	readonly until?: string | undefined;
}

const LINE_END = /\r\n|\r|\n/;
/** A byte order mark in UTF-8, read as latin1. */
const BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";

/**
 * Checks that the body of an event stream ended between two events and had all that it should. A client drops an event that
 * has no blank line after it. A line may end with CRLF, LF or CR; comments and `retry` are no part of an event
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream). A body of another type has no
 * events, and may end anywhere.
 */
export class EventStreamCheck implements BodyCheck {
	readonly #whole: WholeStream;
	#contentType: string | undefined;
	#retryMs: number | undefined;
	#events = 0;
	/** The name and the data of the last event, and of the one before. */
	#last: readonly string[] = [];
	#beforeLast: readonly string[] = [];
	/** The event that is arriving. Until it is complete, text is latin1: a piece may end within a character. */
	#name = "";
	#data: string[] = [];
	#isBetweenEvents = true;
	#line = "";
	#isStart = true;
	#endsWithCr = false;

	constructor(whole: WholeStream = {}) {
		this.#whole = whole;
	}

	/** The type of a 2xx response that has begun. */
	get contentType(): string | undefined {
		return this.#contentType;
	}

	/** True if the response is an event stream. */
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
		const text = piece.toString("latin1");
		// The LF of a CRLF whose CR ended the piece before.
		const isRestOfCrlf = this.#endsWithCr && text.startsWith("\n");
		if (text !== "") this.#endsWithCr = text.endsWith("\r");
		const [rest = "", ...lines] = (isRestOfCrlf ? text.slice(1) : text).split(LINE_END);
		this.#line += rest;
		for (const line of lines) {
			this.#take(this.#line);
			this.#line = line;
		}
	}

	whole(): OutcomeDetail | undefined {
		const { events: expected = 0, until } = this.#whole;
		// Not known before: over HTTP/2, a piece of the body may be reported before the head.
		const [events, last] = this.isEventStream ? [this.#events, this.#last] : [0, []];
		if (this.isEventStream && (!this.#isBetweenEvents || this.#line !== "")) return "mid-event";
		if (events < expected) return "few-events";
		return until === undefined || last.includes(until) ? undefined : "early-end";
	}

	#take(received: string): void {
		const line = this.#isStart && received.startsWith(BYTE_ORDER_MARK) ? received.slice(3) : received;
		this.#isStart = false;
		if (line === "") {
			this.#endEvent();
			return;
		}
		const [, field = "", value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
		if (field === "retry" && /^\d+$/.test(value)) this.#retryMs = Number(value);
		if (field === "" || field === "retry") return;
		this.#isBetweenEvents = false;
		if (field === "event") this.#name = value;
		if (field === "data") this.#data.push(value);
	}

	#endEvent(): void {
		this.#isBetweenEvents = true;
		if (this.#data.length > 0) {
			this.#events++;
			this.#beforeLast = this.#last;
			const data = this.#data.join("\n");
			this.#last = (this.#name === "" ? [data] : [this.#name, data]).map(toUtf8);
		}
		this.#name = "";
		this.#data = [];
	}
}

function toUtf8(latin1: string): string {
	return Buffer.from(latin1, "latin1").toString("utf8");
}
