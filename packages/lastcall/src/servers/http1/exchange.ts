import type { IncomingMessage, ServerResponse } from "node:http";
import type { RequestInFlight } from "../listening/request-name.ts";
import { type EventStreamMoment, endEventStream } from "../responses/event-stream.ts";

/** A request of HTTP/1.1 and its response. */
export interface Exchange {
	readonly request: IncomingMessage;
	readonly response: ServerResponse;
	/** The `url` with which it arrived: frameworks reduce it to the path within a router. */
	readonly target: string | undefined;
	readonly startedAt: number;
}

/** The request that made a connection an upgraded one. */
export interface Upgrade extends Omit<Exchange, "response"> {
	/** The bytes that were written on the connection before. */
	readonly writtenBefore: number;
	/** True if the drain of WebSockets has taken the connection over. */
	isTaken: boolean;
}

/** Describes the request without its objects, which it may outlive. */
export function toRequestInFlight({
	request: { method },
	target,
	startedAt,
}: Pick<Exchange, "request" | "target" | "startedAt">): RequestInFlight {
	return { method, target, startedAt };
}

/** Ends the response if it is an event stream whose time has come. Calls `ended` then. */
export function endIfEventStream(
	exchange: Exchange,
	moment: Omit<EventStreamMoment, "ended">,
	ended: () => void,
): void {
	const { request, response } = exchange;
	const { method, headers } = request;
	endEventStream(
		{ method, headers, response },
		{
			...moment,
			ended: (why) => {
				ended();
				moment.plan.endedEarly(toRequestInFlight(exchange), why);
			},
		},
	);
}
