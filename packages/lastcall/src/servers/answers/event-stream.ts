import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { ServerHttp2Stream } from "node:http2";
import type { EndedEarlyReason } from "../../core/drainable.ts";
import type { Leaving } from "../listening/leaving.ts";
import { isClaimed } from "./claimed.ts";
import { EventWatch, endQuietly, type Written } from "./event-watch.ts";

/** What events are written to: a response of HTTP/1.1, or a stream of HTTP/2, which is below both of its APIs. */
export type EventStreamResponse = ServerResponse | ServerHttp2Stream;

/** A request whose response may be an event stream. */
export interface EventStreamExchange {
	readonly method: string | undefined;
	readonly headers: IncomingHttpHeaders;
	readonly response: EventStreamResponse;
	/** Of HTTP/2: the response above the stream, where the program uses that API. */
	readonly above?: Written | undefined;
}

/** What it is time for. */
export interface EventStreamMoment {
	readonly leaving: Leaving;
	/** A client that reconnects by itself may do that now. */
	readonly isDue: boolean;
	/** The time of the drain is nearly over. */
	readonly isLast: boolean;
	/** Called when it was ended. */
	readonly ended: (why: EndedEarlyReason) => void;
}

/** The responses that were looked at: `null` is not an event stream, or one that cannot be ended between two events. */
const streams = new WeakMap<EventStreamResponse, PlainEventStream | EncodedEventStream | null>();

/**
 * Looks at a response that is in flight while draining. To be called again and again. An event stream is ended
 *
 * - when it is due, if its client reconnects by itself: most of these have no end of their own;
 * - when the time of the drain is nearly over, if it is any other, or its handler has its `drainSignalFor`: it has had the time
 *   to end by itself, and would be cut in the middle of an event.
 */
export function endEventStream(exchange: EventStreamExchange, moment: EventStreamMoment): void {
	const { response } = exchange;
	if (!response.headersSent || response.writableEnded) return;
	let stream = streams.get(response);
	if (stream === undefined) {
		stream = eventStreamOf(exchange);
		streams.set(response, stream);
	}
	stream?.endIfTime(moment);
}

/** Returns true for the response to an `EventSource`, which reconnects by itself whenever its stream has ended. */
export function isReconnecting(exchange: EventStreamExchange): boolean {
	const { method, headers, response } = exchange;
	return reconnects(method, headers) && response.headersSent && isEventStream(headOf(exchange));
}

function eventStreamOf(exchange: EventStreamExchange): PlainEventStream | EncodedEventStream | null {
	const head = headOf(exchange);
	// A response of a known length has an end.
	if (!isEventStream(head) || /^content-length:/im.test(head)) return null;
	const isBack = reconnects(exchange.method, exchange.headers);
	if (!isEncoded(head)) return new PlainEventStream(exchange, isBack);
	return isBack ? new EncodedEventStream(exchange) : null;
}

/**
 * Returns true for what an `EventSource` sends (HTML, section 9.2.2 and 9.2.3). A POST is never sent again by itself: a
 * model's answer, a tool call of MCP.
 */
function reconnects(method: string | undefined, headers: IncomingHttpHeaders): boolean {
	if (method !== "GET") return false;
	return headers["last-event-id"] !== undefined || /\btext\/event-stream\b/i.test(headers.accept ?? "");
}

/** The head of a response, a line for each header, as far as it is known. */
function headOf({ method, headers, response }: EventStreamExchange): string {
	if ("sentHeaders" in response) return linesOf(response.sentHeaders ?? {});
	// The head as it was written. Not documented, and as old as the HTTP server of Node.js.
	const { _header: written } = response as { _header?: unknown };
	if (typeof written === "string") return written;
	// What the program gave to `writeHead()` alone is missing here. Then the request tells.
	const head = linesOf(response.getHeaders());
	if (/^content-type:/im.test(head) || !acceptsOnlyEvents(method, headers) || response.statusCode !== 200) return head;
	return `${head}\ncontent-type: text/event-stream`;
}

function linesOf(headers: OutgoingHttpHeaders): string {
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

/** Returns true if the bytes are not those that the program wrote. `none` is no encoding, and is used to mean that. */
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
	/** Asks a client that reconnects to do that at a time of its own. */
	#lastLine: string | undefined;

	constructor(exchange: EventStreamExchange, isBack: boolean) {
		this.#exchange = exchange;
		this.#reconnects = isBack;
	}

	endIfTime({ leaving, isDue, isLast, ended }: EventStreamMoment): void {
		const { response, above } = this.#exchange;
		const isHandlers = !this.#reconnects || isClaimed(response);
		// One that is its handler's to end is watched from the beginning, so that it is known at the last moment whether
		// an event is whole.
		if (!isHandlers && !isDue && !isLast) return;
		this.#watch ??= new EventWatch(response, above);
		if (isHandlers && !isLast) return;
		this.#lastLine ??= this.#reconnects ? `retry: ${leaving.goodbyes.comeBackMs()}\n` : "";
		this.#watch.endAfterEvent(this.#lastLine, isLast ? 0 : leaving.lingerMs, () => {
			// Without this, the response above the stream does not know that it has ended.
			if (above !== undefined) endQuietly(above);
			ended(this.#reconnects ? "client-reconnects" : "out-of-time");
		});
	}
}

/**
 * An event stream that is compressed, for a client that reconnects. Where its events end can't be seen: it is ended as its
 * handler would end it, so that what a compressing middleware still holds goes out. The client drops half an event, and
 * reconnects.
 */
class EncodedEventStream {
	readonly #exchange: EventStreamExchange;
	#isEnded = false;

	constructor(exchange: EventStreamExchange) {
		this.#exchange = exchange;
	}

	endIfTime({ isDue, isLast, ended }: EventStreamMoment): void {
		const { response, above } = this.#exchange;
		if (this.#isEnded || (!isLast && (!isDue || isClaimed(response)))) return;
		// A middleware that compresses may take a while for the end of it.
		this.#isEnded = true;
		if (above !== undefined) endQuietly(above);
		if (above === undefined || response.writableEnded) endQuietly(response);
		ended("client-reconnects");
	}
}
