import type { IncomingMessage, ServerResponse } from "node:http";
import { type EventStreamMoment, endEventStream } from "./event-stream.ts";

/** A request of HTTP/1.1 and its response. */
export interface Exchange {
	readonly request: IncomingMessage;
	readonly response: ServerResponse;
	readonly startedAt: number;
}

/** How a request is named while it is in flight. */
export function nameOf({ method, url }: IncomingMessage): string {
	return `${method} ${url}`;
}

/** Ends the response if it is an event stream whose time has come. `ended` is called then. */
export function endIfEventStream(
	exchange: Exchange,
	moment: Omit<EventStreamMoment, "ended">,
	ended: () => void,
): void {
	const { request, response, startedAt } = exchange;
	const { method, headers } = request;
	endEventStream(
		{ method, headers, response },
		{
			...moment,
			ended: (why) => {
				ended();
				moment.leaving.endedEarly({ what: nameOf(request), ageMs: performance.now() - startedAt, why });
			},
		},
	);
}
