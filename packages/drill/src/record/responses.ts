import { isLost, type RequestRecord } from "./outcome.ts";

/** How many requests were answered with each status, and under `refused`, how many connections were refused. */
export type Responses = Readonly<Record<string, number>>;

/** Counts the whole responses, and what was refused. A WebSocket's close code is no status. */
export function responsesOf(records: readonly RequestRecord[]): Responses {
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

/** Those whose status, or `refused`, is one of these. */
export function responsesWhere(responses: Responses, is: (key: string) => boolean): Responses {
	return Object.fromEntries(Object.entries(responses).filter(([key]) => is(key)));
}

/** How many there are. */
export function countResponses(responses: Responses): number {
	return Object.values(responses).reduce((sum, count) => sum + count, 0);
}

/** Returns true for a status, or `refused`, that says that the server is there and does not take the request now. */
export function isTurnedAway(key: string): boolean {
	return key === "503" || key === "429" || key === "refused";
}

/** Returns true for any other status that says that the request failed. */
export function isError(key: string): boolean {
	return Number(key) >= 400 && !isTurnedAway(key);
}
