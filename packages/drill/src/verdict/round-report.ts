import type {
	ExitReport,
	IdleReport,
	LoadData,
	LoadReport,
	LostRequest,
	ProcessReport,
	RoundReport,
	StopReport,
} from "../record/drill-report.ts";
import { isLost, type RequestRecord, tally } from "../record/outcome.ts";
import { countByStatus } from "../record/responses.ts";
import { endedBy, handledSignal } from "./end-by-signal.ts";
import { type LossContext, lossReason, waitedLong } from "./loss-reason.ts";

/** What was seen of one round. Instants are `performance.now()`. */
export interface RoundFacts {
	readonly round: number;
	readonly seed: number;
	readonly idleConnection?: IdleReport | undefined;
	readonly stoppedAtMs: number;
	readonly stop: StopReport;
	readonly exit: ExitReport | undefined;
	readonly killedAtMs: number | undefined;
	/** The drill's longest event-loop stall in a period. */
	readonly lagMs: (fromMs: number, toMs: number) => number;
	readonly leftProcesses: readonly ProcessReport[];
	readonly portHeld: boolean;
	readonly loads: readonly LoadData[];
}

const SHORTEST_CROSSING_MS = 5;
const LONGEST_CROSSING_MS = 50;

/** Returns the report of one round. */
export function roundReport(facts: RoundFacts): RoundReport {
	const { round, seed, stop, stoppedAtMs, leftProcesses, portHeld, loads } = facts;
	const records = loads.flatMap((load) => load.records);
	const answered = records.filter(({ outcome }) => outcome === "answered");
	const evidence = { lagMs: facts.lagMs, crossingMs: crossingMs(loads) };
	const exit = facts.exit && exitReport(facts.exit, { ...facts, ...evidence });
	const exitedAtMs = exit && stoppedAtMs + exit.atMs;
	const drops = records.filter((record) => record.endedAtMs > stoppedAtMs && waitedLong(record, evidence));
	const dropsMs = [...new Set(drops.map(({ endedAtMs }) => Math.round(endedAtMs)))];
	const lastAnswerMs = latest(answered.filter(({ endedAtMs }) => endedAtMs > stoppedAtMs)) - stoppedAtMs;
	const firstRefusedMs = earliest(records.filter(({ outcome }) => outcome === "refused")) - stoppedAtMs;
	return {
		round,
		seed,
		tally: tally(records),
		loads: loads.map((load) => loadReport(load, stoppedAtMs)),
		stop,
		...(facts.idleConnection === undefined ? undefined : { idleConnection: facts.idleConnection }),
		...(Number.isFinite(firstRefusedMs) ? { firstRefusedMs } : undefined),
		...(Number.isFinite(lastAnswerMs) ? { lastAnswerMs } : undefined),
		...(exit === undefined ? undefined : { exit }),
		// The end of a response proves nothing: a slow reader may read it from the kernel's buffers after the exit.
		answeredAfterExit: answered.filter(({ sentAtMs }) => sentAtMs > (exitedAtMs ?? Number.POSITIVE_INFINITY)).length,
		leftProcesses,
		portHeld,
		lost: loads.flatMap((load) =>
			findLost(load, {
				...facts,
				...evidence,
				losses: load.losses,
				exitedAtMs,
				diedOfSignal: exit?.handledSignal === false,
				dropsMs,
			}),
		),
	};
}

function exitReport(
	exit: ExitReport,
	{ stop, stoppedAtMs, loads, ...evidence }: RoundFacts & Pick<LossContext, "lagMs" | "crossingMs">,
): ExitReport {
	if (exit.killed || !endedBy(stop.by, exit)) return exit;
	const records = loads.filter(({ losses }) => !losses.readsSlowly).flatMap((load) => load.records);
	const exitedAtMs = stoppedAtMs + exit.atMs;
	return { ...exit, handledSignal: handledSignal({ ...evidence, stoppedAtMs, exitedAtMs, records }) };
}

function loadReport({ name, records, connections }: LoadData, stoppedAtMs: number): LoadReport {
	const times = records
		.filter(({ outcome, endedAtMs }) => outcome === "answered" && endedAtMs < stoppedAtMs)
		.map(({ dueAtMs, sentAtMs, endedAtMs }) => endedAtMs - (dueAtMs ?? sentAtMs))
		.sort((a, b) => a - b);
	const median = times[Math.floor(times.length / 2)];
	return {
		name,
		tally: tally(records),
		connections: connections.length,
		responses: {
			beforeStop: countByStatus(records.filter(({ endedAtMs }) => endedAtMs < stoppedAtMs)),
			afterStop: countByStatus(records.filter(({ endedAtMs }) => endedAtMs >= stoppedAtMs)),
		},
		...(median === undefined ? undefined : { medianAnswerMs: median }),
	};
}

function findLost({ name, records }: LoadData, context: LossContext): LostRequest[] {
	return records
		.filter(({ outcome }) => isLost(outcome))
		.map((record) => {
			const { dueAtMs: _, sentAtMs, endedAtMs, ...rest } = record;
			const at = { sentMs: sentAtMs - context.stoppedAtMs, endedMs: endedAtMs - context.stoppedAtMs };
			return { ...rest, ...at, load: name, reason: lossReason(record, context) };
		});
}

/**
 * Returns how long a FIN may be on its way: about as long as the fastest connect took, if that is known. On this machine it
 * takes no time, but clocks are never exact.
 */
function crossingMs(loads: readonly LoadData[]): number {
	const connectMs = loads.flatMap(({ connections }) => connections.map((end) => end.openedAtMs - end.askedAtMs));
	return Math.min(LONGEST_CROSSING_MS, SHORTEST_CROSSING_MS + connectMs.reduce((a, b) => Math.min(a, b), Infinity));
}

function latest(records: readonly RequestRecord[]): number {
	return records.reduce((last, { endedAtMs }) => Math.max(last, endedAtMs), Number.NEGATIVE_INFINITY);
}

function earliest(records: readonly RequestRecord[]): number {
	return records.reduce((first, { endedAtMs }) => Math.min(first, endedAtMs), Number.POSITIVE_INFINITY);
}
