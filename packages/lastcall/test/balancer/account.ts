import type { RequestRecord } from "lastcall-drill-clients";

/** A span of time, on the clock of `performance.now()`. */
export interface Span {
	readonly fromMs: number;
	readonly toMs: number;
}

/** The requests of one run, as the clients and as the replicas saw them. */
export interface Account {
	readonly requests: number;
	/** Requests without a complete 200. */
	readonly failed: number;
	readonly executedTwice: number;
	/** How many of the failed ones were executed. */
	readonly executedUnanswered: number;
	/** A line for each request that failed. */
	readonly failures: readonly string[];
	readonly calm: Latency;
	readonly rolling: Latency;
}

/** Milliseconds from the instant when a request was due to its complete response. */
export interface Latency {
	readonly count: number;
	readonly p50: number;
	readonly p99: number;
}

/** @param executed the ids that the replicas noted, in any order */
export function accountOf(
	records: readonly RequestRecord[],
	executed: readonly string[],
	spans: { readonly calm: readonly Span[]; readonly rolling: readonly Span[] },
): Account {
	const executions = new Map<string, number>();
	for (const id of executed) executions.set(id, (executions.get(id) ?? 0) + 1);
	const failed = records.filter(({ outcome, status }) => outcome !== "answered" || status !== 200);
	return {
		requests: records.length,
		failed: failed.length,
		executedTwice: records.filter(({ id }) => (executions.get(id) ?? 0) > 1).length,
		executedUnanswered: failed.filter(({ id }) => executions.has(id)).length,
		failures: failed.map((record) => describe(record, executions.get(record.id) ?? 0)),
		calm: latencyIn(records, spans.calm),
		rolling: latencyIn(records, spans.rolling),
	};
}

function describe({ id, outcome, status, error, detail, nth, sentAtMs, endedAtMs }: RequestRecord, executions: number) {
	const how = [outcome, status, error, detail].filter((part) => part !== undefined).join(" ");
	const took = (endedAtMs - sentAtMs).toFixed(1);
	return `${id}, sent at ${sentAtMs.toFixed(1)} as number ${nth} on its connection: ${how} after ${took} ms, executed ${executions} times`;
}

function latencyIn(records: readonly RequestRecord[], spans: readonly Span[]): Latency {
	const times = records
		.filter(({ outcome }) => outcome === "answered")
		.map(({ dueAtMs, sentAtMs, endedAtMs }) => ({ startMs: dueAtMs ?? sentAtMs, endedAtMs }))
		.filter(({ startMs }) => spans.some(({ fromMs, toMs }) => startMs >= fromMs && startMs < toMs))
		.map(({ startMs, endedAtMs }) => endedAtMs - startMs)
		.sort((a, b) => a - b);
	const quantile = (part: number): number => times[Math.ceil(part * times.length) - 1] ?? Number.NaN;
	return { count: times.length, p50: quantile(0.5), p99: quantile(0.99) };
}
