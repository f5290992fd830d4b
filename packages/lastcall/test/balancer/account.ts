import type { RequestRecord } from "lastcall-drill-clients";

/** More than the linger of the replicas, which is a tenth of the default grace period. */
const LINGER_MS = 1_000;

/** A span of time, on the clock of `performance.now()`. */
export interface Span {
	readonly fromMs: number;
	readonly toMs: number;
}

/** The requests of one run, as the clients and as the replicas saw them. */
export interface Account {
	readonly requests: number;
	/** Requests without a complete 200, but for those that crossed the end of their connection. */
	readonly failed: number;
	/**
	 * Requests that were not executed, on connections that had been silent for longer than the linger: their clients have to send them
	 * again (docs/guarantees.md). A busy client sends before it has read that the connection has ended.
	 */
	readonly crossed: number;
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
	const unanswered = records.filter(({ outcome, status }) => outcome !== "answered" || status !== 200);
	const crossed = new Set(unanswered.filter((one) => !executions.has(one.id) && idleMs(one, records) > LINGER_MS));
	const failed = unanswered.filter((one) => !crossed.has(one));
	return {
		requests: records.length,
		failed: failed.length,
		crossed: crossed.size,
		executedTwice: records.filter(({ id }) => (executions.get(id) ?? 0) > 1).length,
		executedUnanswered: failed.filter(({ id }) => executions.has(id)).length,
		failures: failed.map((record) => describe(record, executions.get(record.id) ?? 0, idleMs(record, records))),
		calm: latencyIn(records, spans.calm),
		rolling: latencyIn(records, spans.rolling),
	};
}

/** How long the connection of a request had been idle when it was sent. 0 for the first one. */
function idleMs(record: RequestRecord, records: readonly RequestRecord[]): number {
	const before = records.find((one) => isOnSameConnection(one, record) && one.nth === record.nth - 1);
	return before === undefined ? 0 : record.sentAtMs - before.endedAtMs;
}

/** Connections are numbered in each load, and an id begins with its load. */
function isOnSameConnection(one: RequestRecord, other: RequestRecord): boolean {
	const loadOf = ({ id }: RequestRecord): string => id.slice(0, id.lastIndexOf("-"));
	return one.connection === other.connection && loadOf(one) === loadOf(other);
}

function describe(record: RequestRecord, executions: number, idleMs: number): string {
	const { id, outcome, status, error, detail, nth, sentAtMs, endedAtMs } = record;
	const how = [outcome, status, error, detail].filter((part) => part !== undefined).join(" ");
	const took = (endedAtMs - sentAtMs).toFixed(1);
	const where = `as number ${nth} on its connection, after ${idleMs.toFixed(1)} ms of silence`;
	return `${id}, sent at ${sentAtMs.toFixed(1)} ${where}: ${how} after ${took} ms, executed ${executions} times`;
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
