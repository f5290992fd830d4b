import type { Outcome, OutcomeDetail, RequestRecord } from "../record/outcome.ts";

/** What is known of a request when it is sent. */
export interface SentRequest {
	readonly id: string;
	readonly connection: number;
	readonly nth: number;
	readonly dueAtMs?: number | undefined;
	readonly sentAtMs: number;
}

/** How a request ended. */
export interface RequestEnd {
	readonly outcome: Outcome;
	readonly status?: number | undefined;
	readonly error?: string | undefined;
	readonly detail?: OutcomeDetail | undefined;
}

/** Returns the record of a request that has ended now. */
export function requestRecord(sent: SentRequest, end: RequestEnd): RequestRecord {
	const { id, connection, nth, dueAtMs, sentAtMs } = sent;
	const { outcome, status, error, detail } = end;
	return {
		id,
		connection,
		nth,
		...(dueAtMs === undefined ? undefined : { dueAtMs }),
		sentAtMs,
		endedAtMs: performance.now(),
		outcome,
		...(status === undefined ? undefined : { status }),
		...(error === undefined ? undefined : { error }),
		...(detail === undefined ? undefined : { detail }),
	};
}
