/** Every outcome. */
export const OUTCOMES = ["answered", "refused", "turned-away", "reset", "cut", "unanswered"] as const;

/**
 * How one request ended, as seen by a client that knows exactly what it wrote. A 502 or 504 makes it `unanswered`: the server
 * behind the gateway lost it, whatever the gateway responds in its place.
 */
export type Outcome = (typeof OUTCOMES)[number];

/**
 * More about an outcome.
 * - `behind-close`: never answered, because an earlier response on the connection said `Connection: close`. The protocol
 *   itself says that the request was not processed (RFC 9112 §9.3.2 and §9.6).
 * - `after-interim`: a 1xx arrived, the final response did not.
 * - `body-size`: the message was complete, but its body did not have the expected length.
 * - `unparsable`: the bytes that arrived are not of the load's protocol.
 * - `time-limit`: the load had no time left for it.
 * - `mid-event`: the message was complete, but ended within an event of its event stream.
 * - `few-events`: the message was complete, but its event stream had fewer events than expected.
 * - `early-end`: the message was complete, but its event stream did not end with the expected event.
 * - `goaway`: a GOAWAY said that the stream was not processed, or it was not sent because of one.
 * - `refused-stream`: a RST_STREAM said that the stream was not processed.
 * - `still-open`: a WebSocket or an event stream that was open and well at the end of a load that lets it stay open.
 * - `no-close-frame`: a WebSocket ended without a close frame (code 1006 in browsers).
 */
export type OutcomeDetail =
	| "behind-close"
	| "after-interim"
	| "body-size"
	| "unparsable"
	| "time-limit"
	| "mid-event"
	| "few-events"
	| "early-end"
	| "no-close-frame"
	| "still-open"
	| "goaway"
	| "refused-stream";

/** One request and how it ended. Times are `performance.now()` milliseconds. */
export interface RequestRecord {
	/** The request's `x-request-id` header, if it has headers. Unique over all loads of this process. */
	readonly id: string;
	/** The connection's number, from 0, within its load. */
	readonly connection: number;
	/** How many requests were sent before it on its connection. 0 means that the connection was new. */
	readonly nth: number;
	/**
	 * When it should have been sent, if the load has a rate. Its latency counts from here, as it includes the wait for a
	 * connection.
	 */
	readonly dueAtMs?: number;
	/** When its first byte was written; for `refused`, when the connection was asked for. */
	readonly sentAtMs: number;
	readonly endedAtMs: number;
	readonly outcome: Outcome;
	/** The response's status, if its head arrived. For a WebSocket that ended with a close frame: the code of that. */
	readonly status?: number;
	/** The error's code, such as `ECONNRESET`. */
	readonly error?: string;
	readonly detail?: OutcomeDetail;
}

/** Counts by outcome. */
export interface Tally extends Record<Outcome, number> {
	total: number;
	/** `reset` + `cut` + `unanswered`. */
	lost: number;
	/** Those `turned-away` by an earlier response's `Connection: close`, not by their own 503 or 429. */
	behindClose: number;
}

/** Returns true if a request with this outcome was sent on an open connection and got no complete response. */
export function isLost(outcome: Outcome): boolean {
	return outcome === "reset" || outcome === "cut" || outcome === "unanswered";
}

/** Returns true if a gateway says with this status that its server has not answered. */
export function isGatewayStatus(status: number | undefined): boolean {
	return status === 502 || status === 504;
}

/** Returns the outcome of a request whose complete response has this status. */
export function outcomeOfStatus(status: number): Outcome {
	if (isGatewayStatus(status)) return "unanswered";
	return status === 503 || status === 429 ? "turned-away" : "answered";
}

/** Counts records by outcome. */
export function tally(records: Iterable<RequestRecord>): Tally {
	const counts = emptyTally();
	for (const record of records) count(counts, record);
	return counts;
}

/** Adds one record to the counts. */
export function count(counts: Tally, { outcome, detail }: RequestRecord): void {
	counts.total++;
	counts[outcome]++;
	if (isLost(outcome)) counts.lost++;
	if (detail === "behind-close") counts.behindClose++;
}

/** Adds counts up. */
export function addTallies(tallies: Iterable<Tally>): Tally {
	const sum = emptyTally();
	for (const counts of tallies) for (const key of Object.keys(sum) as (keyof Tally)[]) sum[key] += counts[key];
	return sum;
}

function emptyTally(): Tally {
	const outcomes = { answered: 0, refused: 0, "turned-away": 0, reset: 0, cut: 0, unanswered: 0 };
	return { total: 0, lost: 0, behindClose: 0, ...outcomes };
}
