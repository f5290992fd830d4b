import { isLost, type RequestRecord } from "./outcome.ts";

/** How many requests were answered with each status, and under `refused`, how many connections were refused. */
export type Responses = Readonly<Record<string, number>>;

/** Counts complete responses and refused connections. A WebSocket's close code is no status. */
export function countByStatus(records: Iterable<RequestRecord>): Responses {
	const counts: Record<string, number> = {};
	for (const { outcome, status = 0 } of records) {
		const key = outcome === "refused" ? outcome : String(status);
		const isResponse = outcome === "refused" || (!isLost(outcome) && status > 0 && status < 600);
		if (isResponse) counts[key] = (counts[key] ?? 0) + 1;
	}
	return counts;
}

/** Adds counts up. */
export function addResponses(all: Iterable<Responses>): Responses {
	const sum: Record<string, number> = {};
	for (const responses of all) for (const [key, count] of Object.entries(responses)) sum[key] = (sum[key] ?? 0) + count;
	return sum;
}

/** Returns the counts whose key, a status or `refused`, passes a test. */
export function responsesWhere(responses: Responses, test: (key: string) => boolean): Responses {
	return Object.fromEntries(Object.entries(responses).filter(([key]) => test(key)));
}

/** Returns the sum of all counts. */
export function countResponses(responses: Responses): number {
	return Object.values(responses).reduce((sum, count) => sum + count, 0);
}

/** Returns true for a status, or `refused`, that says that the server does not take the request now. */
export function isTurnedAway(key: string): boolean {
	return key === "503" || key === "429" || key === "refused";
}

/** Returns true for any other status of an error. */
export function isError(key: string): boolean {
	return Number(key) >= 400 && !isTurnedAway(key);
}
