import type { IncomingMessage, ServerResponse } from "node:http";
import { type EventStreamMoment, endEventStream } from "../answers/event-stream.ts";
import type { RequestInFlight } from "../listening/request-name.ts";

/** A request of HTTP/1.1 and its response. */
export interface Exchange {
	readonly request: IncomingMessage;
	readonly response: ServerResponse;
	/** The `url` with which it arrived: frameworks strip it to the path within a router. */
	readonly target: string | undefined;
	readonly startedAt: number;
}

/** The same without its objects, which may outlive its connection. */
export function requestOf({
	request: { method },
	target,
	startedAt,
}: Pick<Exchange, "request" | "target" | "startedAt">): RequestInFlight {
	return { method, target, startedAt };
}

/** Ends the response if it is an event stream whose time has come. `ended` is called then. */
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
				moment.leaving.endedEarly(requestOf(exchange), why);
			},
		},
	);
}
