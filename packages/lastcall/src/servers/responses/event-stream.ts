import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { ServerHttp2Stream } from "node:http2";
import type { EndedEarlyReason } from "../../core/drainable.ts";
import type { DrainPlan } from "../listening/drain-plan.ts";
import { EventWatch, endQuietly, type Written } from "./event-watch.ts";
import { isHandledElsewhere } from "./handled-elsewhere.ts";

/** What events are written to: a response of HTTP/1.1, or a stream of HTTP/2, which is below both APIs of HTTP/2. */
export type EventStreamResponse = ServerResponse | ServerHttp2Stream;

/** A request whose response may be an event stream. */
export interface EventStreamExchange {
	readonly method: string | undefined;
	readonly headers: IncomingHttpHeaders;
	readonly response: EventStreamResponse;
	/** With HTTP/2: the response above the stream, if the program uses that API. */
	readonly above?: Written | undefined;
}

/** One look at an event stream while draining. */
export interface EventStreamMoment {
	readonly plan: DrainPlan;
	/** True once a client that reconnects by itself may do that. */
	readonly isDue: boolean;
	/** True once the time of the drain is nearly over. */
	readonly isLast: boolean;
	/** Called when the stream was ended. */
	readonly ended: (why: EndedEarlyReason) => void;
}

const NEVER = Number.POSITIVE_INFINITY;

/** The responses that were looked at. `null`: not an event stream, or one that cannot be ended between two events. */
const streams = new WeakMap<EventStreamResponse, PlainEventStream | EncodedEventStream | null>();

/**
 * Looks at a response that is in flight while draining. Called again and again. It ends an event stream
 *
 * - when it is due, if its client reconnects by itself: most of these have no end of their own;
 * - when the time of the drain is nearly over, for all other clients, and where the handler holds a drain signal: it has had
 *   the time to end the stream itself, and the hard stop would cut it in the middle of an event.
 *
 * @returns when there is next something to do with this stream, as `performance.now()` counts; it is infinite where that depends on an
 * event, or on the `moment`
 */
export function endEventStream(exchange: EventStreamExchange, moment: EventStreamMoment): number {
	const { response } = exchange;
	if (!response.headersSent || response.writableEnded) return NEVER;
	let stream = streams.get(response);
	if (stream === undefined) {
		stream = detectEventStream(exchange);
		streams.set(response, stream);
	}
	return stream?.endIfTime(moment) ?? NEVER;
}

/** Returns true for the response to an `EventSource`, which reconnects by itself whenever its stream has ended. */
export function isReconnecting(exchange: EventStreamExchange): boolean {
	const { method, headers, response } = exchange;
	return reconnects(method, headers) && response.headersSent && isEventStream(readHead(exchange));
}

function detectEventStream(exchange: EventStreamExchange): PlainEventStream | EncodedEventStream | null {
	const head = readHead(exchange);
	// A response of a known length has an end.
	if (!isEventStream(head) || /^content-length:/im.test(head)) return null;
	const clientReconnects = reconnects(exchange.method, exchange.headers);
	if (!isEncoded(head)) return new PlainEventStream(exchange, clientReconnects);
	return clientReconnects ? new EncodedEventStream(exchange) : null;
}

/**
 * Returns true for a request as an `EventSource` sends it (HTML, sections 9.2.2 and 9.2.3). No client repeats a POST by itself,
 * such as one to a language model, or a tool call of MCP.
 */
function reconnects(method: string | undefined, headers: IncomingHttpHeaders): boolean {
	if (method !== "GET") return false;
	return headers["last-event-id"] !== undefined || /\btext\/event-stream\b/i.test(headers.accept ?? "");
}

/** Returns the head of a response, a line for each header. */
function readHead({ method, headers, response }: EventStreamExchange): string {
	if ("sentHeaders" in response) return toLines(response.sentHeaders ?? {});
	// The head as it was written. `_header` is not documented, and as old as the HTTP server of Node.js.
	const { _header: written } = response as { _header?: unknown };
	if (typeof written === "string") return written;
	// Without it, headers that the program only gave to `writeHead()` are missing. The request shows the type then.
	const head = toLines(response.getHeaders());
	if (/^content-type:/im.test(head) || !acceptsOnlyEvents(method, headers) || response.statusCode !== 200) return head;
	return `${head}\ncontent-type: text/event-stream`;
}

function toLines(headers: OutgoingHttpHeaders): string {
	return Object.entries(headers)
		.map((header) => header.join(": "))
		.join("\n");
}

/** Returns true for the request of an `EventSource`, which takes no other type (HTML, section 9.2.2). */
function acceptsOnlyEvents(method: string | undefined, { accept = "" }: IncomingHttpHeaders): boolean {
	return method === "GET" && /^\s*text\/event-stream\s*(;[^,]*)?$/i.test(accept);
}

function isEventStream(head: string): boolean {
	return /^content-type:[ \t]*text\/event-stream\b/im.test(head);
}

/**
 * Returns true if the bytes are not those that the program wrote. `none` is not a content coding, but some programs write it.
 */
function isEncoded(head: string): boolean {
	return [...head.matchAll(/^content-encoding:(.*)$/gim)]
		.flatMap(([, value = ""]) => value.split(","))
		.some((coding) => !/^[\s"']*(identity|none)?[\s"']*$/i.test(coding));
}

/** An event stream whose events can be read as they are written. */
class PlainEventStream {
	readonly #exchange: EventStreamExchange;
	readonly #reconnects: boolean;
	#watch: EventWatch | undefined;
	/** `retry:`, by which each client reconnects at another time. */
	#lastLine: string | undefined;

	constructor(exchange: EventStreamExchange, clientReconnects: boolean) {
		this.#exchange = exchange;
		this.#reconnects = clientReconnects;
	}

	endIfTime({ plan, isDue, isLast, ended }: EventStreamMoment): number {
		const { response, above } = this.#exchange;
		const endsByHandler = !this.#reconnects || isHandledElsewhere(response);
		// A stream that its handler should end is watched from the beginning, so that it is known at the last moment whether
		// an event is whole.
		if (!endsByHandler && !isDue && !isLast) return NEVER;
		this.#watch ??= new EventWatch(response, above);
		if (endsByHandler && !isLast) return NEVER;
		this.#lastLine ??= this.#reconnects ? `retry: ${plan.spread.reconnectDelayMs()}\n` : "";
		return this.#watch.endAfterEvent(this.#lastLine, isLast ? 0 : plan.lingerMs, () => {
			// The response above the stream would not know of the end.
			if (above !== undefined) endQuietly(above);
			ended(this.#reconnects ? "client-reconnects" : "out-of-time");
		});
	}
}

/**
 * A compressed event stream of a client that reconnects. Where its events end can't be seen, so it is ended as its handler
 * would end it: a compressing middleware sends what it still holds. The client drops half an event, and reconnects.
 */
class EncodedEventStream {
	readonly #exchange: EventStreamExchange;
	#isEnded = false;

	constructor(exchange: EventStreamExchange) {
		this.#exchange = exchange;
	}

	endIfTime({ isDue, isLast, ended }: EventStreamMoment): number {
		const { response, above } = this.#exchange;
		if (this.#isEnded || (!isLast && (!isDue || isHandledElsewhere(response)))) return NEVER;
		// Set first: a middleware that compresses may take a while for the end.
		this.#isEnded = true;
		if (above !== undefined) endQuietly(above);
		if (above === undefined || response.writableEnded) endQuietly(response);
		ended("client-reconnects");
		return NEVER;
	}
}
