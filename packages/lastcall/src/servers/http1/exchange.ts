import type { IncomingMessage, ServerResponse } from "node:http";
import type { Linked } from "../../core/linked-list.ts";
import type { RequestInFlight } from "../listening/request-name.ts";

/** A request of HTTP/1.1 and its response. */
export interface Exchange extends Linked<Exchange> {
	readonly request: IncomingMessage;
	readonly response: ServerResponse;
	/** The `url` with which it arrived: frameworks reduce it to the path within a router. */
	readonly target: string | undefined;
	readonly startedAt: number;
}

/** Describes the request without its objects, which it may outlive. */
export function toRequestInFlight({
	request: { method },
	target,
	startedAt,
}: Pick<Exchange, "request" | "target" | "startedAt">): RequestInFlight {
	return { method, target, startedAt };
}
