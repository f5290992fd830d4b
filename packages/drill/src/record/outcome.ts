/** The outcomes there are. */
export const OUTCOMES = ["answered", "refused", "turned-away", "reset", "cut", "unanswered"] as const;

/**
 * How one request ended, seen by a client that knows exactly what it wrote. A 502 or 504 makes it `unanswered`: the
 * server behind the gateway lost it, whatever the gateway says in its place.
 */
export type Outcome = (typeof OUTCOMES)[number];

/**
 * What an outcome's name alone does not say.
 * - `behind-close`: never answered, because an answer before it on the connection said `Connection: close`. The protocol
 *   itself says that it was not processed (RFC 9112 §9.3.2 and §9.6).
 * - `after-interim`: a 1xx came, the final answer did not.
 * - `body-size`: the message was complete, its body not as long as it should have been.
 * - `unparsable`: what came is not what the load speaks.
 * - `time-limit`: the load had no time left for it.
 * - `mid-event`: the message was complete, and ended within an event of its event stream.
 * - `few-events`: the message was complete, and its event stream had fewer events than it should have.
 * - `early-end`: the message was complete, and its event stream did not end with the event that it should.
 * - `goaway`: HTTP/2 said so of every stream above a certain one, and this was one, or was never sent because of it.
 * - `refused-stream`: HTTP/2 said of the stream that it was not processed.
 * - `still-open`: a WebSocket or an event stream that nobody has closed, at the end of a load that lets it stay open.
 * - `no-close-frame`: a WebSocket ended without a word (what browsers call 1006).
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
	/** What the request's `x-request-id` header said, where it has headers. Unique over all loads of this process. */
	readonly id: string;
	/** The connection's number, from 0, within its load. */
	readonly connection: number;
	/** How many requests were sent before it on its connection: 0 says that the connection was new. */
	readonly nth: number;
	/**
	 * When it should have been sent, where a rate says so: its latency counts from here, or the time that it had to wait
	 * for a connection would be left out.
	 */
	readonly dueAtMs?: number;
	/** When its first byte was written; for `refused`, when the connection was asked for. */
	readonly sentAtMs: number;
	readonly endedAtMs: number;
	readonly outcome: Outcome;
	/** The answer's status, wherever its head arrived; the code of the close frame, for a WebSocket that has ended so. */
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
	/** Those of `turned-away` that were told by an answer ahead of them and not by a 503 or 429 of their own. */
	behindClose: number;
}

/** Reports whether a request that ended so was sent on an open connection and not fully answered. */
export function isLost(outcome: Outcome): boolean {
	return outcome === "reset" || outcome === "cut" || outcome === "unanswered";
}

/** Reports whether an answer with this status is a gateway's word that the server behind it has not answered. */
export function isGatewayStatus(status: number | undefined): boolean {
	return status === 502 || status === 504;
}

/** The outcome of a request whose whole answer arrived with this status. */
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
