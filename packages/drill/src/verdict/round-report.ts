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
import { addTallies, isLost, type RequestRecord, tally } from "../record/outcome.ts";
import { countByStatus } from "../record/responses.ts";
import { where } from "../record/rows.ts";
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
	const evidence = { lagMs: facts.lagMs, crossingMs: crossingMs(loads) };
	const exit = facts.exit && exitReport(facts.exit, { ...facts, ...evidence });
	const exitedAtMs = exit && stoppedAtMs + exit.atMs;
	const instants = findInstants(loads, stoppedAtMs, exitedAtMs);
	const drops = where(recordsOf(loads), (one) => one.endedAtMs > stoppedAtMs && waitedLong(one, evidence));
	const dropsMs = new Set<number>();
	for (const { endedAtMs } of drops) dropsMs.add(Math.round(endedAtMs));
	const reports = loads.map((load) => loadReport(load, stoppedAtMs));
	return {
		round,
		seed,
		tally: addTallies(reports.map((load) => load.tally)),
		loads: reports,
		stop,
		...(facts.idleConnection === undefined ? undefined : { idleConnection: facts.idleConnection }),
		...(Number.isFinite(instants.firstRefusedMs) ? { firstRefusedMs: instants.firstRefusedMs } : undefined),
		...(Number.isFinite(instants.lastResponseMs) ? { lastResponseMs: instants.lastResponseMs } : undefined),
		...(exit === undefined ? undefined : { exit }),
		answeredAfterExit: instants.answeredAfterExit,
		leftProcesses,
		portHeld,
		lost: loads.flatMap((load) =>
			findLost(load, {
				...facts,
				...evidence,
				losses: load.losses,
				exitedAtMs,
				diedOfSignal: exit?.handledSignal === false,
				dropsMs: [...dropsMs],
			}),
		),
	};
}

function* recordsOf(loads: readonly LoadData[]): Generator<RequestRecord> {
	for (const { records } of loads) yield* records;
}

/** Returns the first refusal and the last response after the stop, and how many answered requests were sent after the exit. */
function findInstants(
	loads: readonly LoadData[],
	stoppedAtMs: number,
	exitedAtMs: number = Number.POSITIVE_INFINITY,
): Required<Pick<RoundReport, "firstRefusedMs" | "lastResponseMs" | "answeredAfterExit">> {
	let firstRefusedMs = Number.POSITIVE_INFINITY;
	let lastResponseMs = Number.NEGATIVE_INFINITY;
	let answeredAfterExit = 0;
	for (const { outcome, sentAtMs, endedAtMs } of recordsOf(loads)) {
		if (outcome === "refused") firstRefusedMs = Math.min(firstRefusedMs, endedAtMs - stoppedAtMs);
		if (outcome !== "answered") continue;
		if (endedAtMs > stoppedAtMs) lastResponseMs = Math.max(lastResponseMs, endedAtMs - stoppedAtMs);
		// The end of a response proves nothing: a slow reader may read it from the kernel's buffers after the exit.
		if (sentAtMs > exitedAtMs) answeredAfterExit++;
	}
	return { firstRefusedMs, lastResponseMs, answeredAfterExit };
}

function exitReport(
	exit: ExitReport,
	{ stop, stoppedAtMs, loads, ...evidence }: RoundFacts & Pick<LossContext, "lagMs" | "crossingMs">,
): ExitReport {
	if (exit.killed || !endedBy(stop.by, exit)) return exit;
	const records = recordsOf(loads.filter(({ losses }) => !losses.readsSlowly));
	const exitedAtMs = stoppedAtMs + exit.atMs;
	return { ...exit, handledSignal: handledSignal({ ...evidence, stoppedAtMs, exitedAtMs, records }) };
}

function loadReport({ name, records, connections }: LoadData, stoppedAtMs: number): LoadReport {
	const median = medianResponseMs(records, stoppedAtMs);
	return {
		name,
		tally: tally(records),
		connections: connections.length,
		responses: {
			beforeStop: countByStatus(where(records, ({ endedAtMs }) => endedAtMs < stoppedAtMs)),
			afterStop: countByStatus(where(records, ({ endedAtMs }) => endedAtMs >= stoppedAtMs)),
		},
		...(median === undefined ? undefined : { medianResponseMs: median }),
	};
}

function medianResponseMs(records: LoadData["records"], stoppedAtMs: number): number | undefined {
	const times = new Float64Array(records.length);
	let count = 0;
	for (const { outcome, dueAtMs, sentAtMs, endedAtMs } of records)
		if (outcome === "answered" && endedAtMs < stoppedAtMs) times[count++] = endedAtMs - (dueAtMs ?? sentAtMs);
	return times.subarray(0, count).sort()[Math.floor(count / 2)];
}

function findLost({ name, records }: LoadData, context: LossContext): LostRequest[] {
	return Array.from(
		where(records, ({ outcome }) => isLost(outcome)),
		(record) => {
			const { dueAtMs: _, sentAtMs, endedAtMs, ...rest } = record;
			const at = { sentMs: sentAtMs - context.stoppedAtMs, endedMs: endedAtMs - context.stoppedAtMs };
			return { ...rest, ...at, load: name, reason: lossReason(record, context) };
		},
	);
}

/**
 * Returns how long a FIN may be on its way: about as long as the fastest connect took, if that is known. On this machine it
 * takes no time, but clocks are never exact.
 */
function crossingMs(loads: readonly LoadData[]): number {
	let fastestMs = Number.POSITIVE_INFINITY;
	for (const { connections } of loads)
		for (const { askedAtMs, openedAtMs } of connections) fastestMs = Math.min(fastestMs, openedAtMs - askedAtMs);
	return Math.min(LONGEST_CROSSING_MS, SHORTEST_CROSSING_MS + fastestMs);
}
