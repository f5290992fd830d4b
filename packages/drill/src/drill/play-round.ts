import { setTimeout as delay } from "node:timers/promises";
import { loadKind } from "../load/catalogue.ts";
import { loadNames, startLoad } from "../load/load-spec.ts";
import type { Endpoint, RunningLoad } from "../load/running-load.ts";
import { seededRandom } from "../load/seeded-random.ts";
import type { DrillOptions } from "../options/drill-options.ts";
import type { ListeningPort } from "../program/listening-port.ts";
import { TargetError } from "../program/target-error.ts";
import type { TellDrill } from "../record/drill-event.ts";
import type { IdleReport, LoadData, RoundData } from "../record/drill-report.ts";
import { addTallies } from "../record/outcome.ts";
import { IDLE_MARGIN_MS } from "../verdict/judge.ts";
import { type RoundFacts, roundReport } from "../verdict/round-report.ts";
import { DrilledProgram } from "./drilled-program.ts";
import { EventLoopLag } from "./event-loop-lag.ts";
import { findEndpoint } from "./find-endpoint.ts";
import { IdleConnection, leavesIdle } from "./idle-connection.ts";

/** What one round is played with. */
export interface RoundContext {
	readonly options: DrillOptions;
	/** From 1. */
	readonly round: number;
	readonly seed: number;
	readonly abort: AbortSignal;
	readonly tell: TellDrill;
	/** Is given what the target writes. */
	readonly onOutput: (text: string) => void;
}

/** The stop comes at a random instant in this time, once all loads are steady. */
const STOP_BETWEEN_MS = [200, 700] as const;
/** For so long the loads go on after the exit: somebody may still answer. */
const AFTER_EXIT_MS = 250;
/** When the server is gone its connections end by themselves, but what a slow reader still has to read is in the kernel. */
const FINISH_MS = 10_000;
/** Where somebody is left who holds them open, what has no outcome by then won't have one any more. */
const FINISH_LEFT_MS = 1_000;

/**
 * The whole of one round: start, load, stop, count. Rejects with a `TargetError` where the target never came up, and with the
 * reason of `abort`. Whatever happens, nothing that was started is left.
 */
export async function playRound(context: RoundContext): Promise<{ url: string; data: RoundData }> {
	const { options, round, abort, tell, onOutput } = context;
	tell({ type: "starting", round });
	const program = await DrilledProgram.open(options, onOutput);
	const loads: RunningLoad[] = [];
	const pauses = new EventLoopLag();
	let idle: IdleConnection | undefined;
	try {
		const { url, endpoint } = await findEndpoint(program, options, abort);
		tell({ type: "up", round, url: url.href });
		if (options.idleTimeout !== undefined || leavesIdle(options.load))
			idle = new IdleConnection(endpoint, options.load);
		if (round === 1) await holdIdle(context, program, idle);
		const ports = await loadUntilStop(context, endpoint, program, loads);
		// What the stop does to it is not its idle timeout, and it must not hold the stop up.
		const idleConnection = idle?.report;
		idle?.close();
		return { url: url.href, data: await stopAndCount(context, program, { ports, idleConnection, loads, pauses }) };
	} finally {
		pauses.end();
		idle?.close();
		await Promise.all([...loads.map((load) => load.finish({ timeoutMs: 0 })), program.end()]);
	}
}

/** Leaves a connection idle for as long as `--idle-timeout` says, and a little longer. */
async function holdIdle(
	{ options, round, abort, tell }: RoundContext,
	program: DrilledProgram,
	idle: IdleConnection | undefined,
): Promise<void> {
	if (options.idleTimeout === undefined || idle === undefined) return;
	const forMs = options.idleTimeout + IDLE_MARGIN_MS;
	tell({ type: "idling", round, forMs });
	await Promise.race([idle.hold(forMs, options.ready, abort), program.ended]);
	if (idle.report !== undefined) return;
	throw new TargetError(
		"ERR_DRILL_NOT_STEADY",
		"--idle-timeout: no HTTP/1.1 connection could be left idle. The request was not answered, or its response said Connection: close.",
	);
}

/** Starts all loads and comes back in the instant of the stop. Resolves to the ports that are loaded. */
async function loadUntilStop(
	{ options, round, seed, abort, tell }: RoundContext,
	endpoint: Endpoint,
	program: DrilledProgram,
	loads: RunningLoad[],
): Promise<ListeningPort[]> {
	for (const [i, spec] of options.load.entries()) loads.push(startLoad(endpoint, spec, { seed: seed + i }));
	tell({ type: "loading", round, tally: () => addTallies(loads.map((load) => load.tally)) });
	const timer = new AbortController();
	const late = delay(options.ready, undefined, { signal: AbortSignal.any([abort, timer.signal]) }).then(() => {
		throw new TargetError(
			"ERR_DRILL_NOT_STEADY",
			`The target did not reach a steady load within ${options.ready} ms: ${notSteadyText(options, loads)}`,
		);
	});
	const gone = program.ended.then(async () => {
		throw new TargetError(
			"ERR_DRILL_ENDED_EARLY",
			`The target ended before it was told to.\n${await program.finalOutput()}`,
		);
	});
	const failed = (error: unknown): never => {
		if (error instanceof TargetError || abort.aborted) throw error;
		throw new TargetError("ERR_DRILL_NOT_STEADY", (error as Error).message, { cause: error });
	};
	try {
		await Promise.race([Promise.all(loads.map(({ steady }) => steady)).catch(failed), late, gone]);
		// Not right before the stop: the look holds the loads up for some 10 ms, and the stop would find every client idle.
		const ports = await portsOf(program, endpoint);
		const [earliest, latest] = STOP_BETWEEN_MS;
		const ms = earliest + seededRandom(seed)() * (latest - earliest);
		await Promise.race([delay(ms, undefined, { signal: AbortSignal.any([abort, timer.signal]) }), gone]);
		return ports;
	} finally {
		timer.abort();
		for (const promise of [late, gone]) promise.catch(() => {});
	}
}

/** Which loads have not got going, how far they are, and what to try. */
function notSteadyText({ load: specs }: DrillOptions, loads: readonly RunningLoad[]): string {
	const names = loadNames(specs);
	const waiting = loads.flatMap(({ notSteady }, i) => (notSteady > 0 ? [`${names[i]} (${notSteady})`] : []));
	const { answered } = addTallies(loads.map(({ tally }) => tally));
	const advice =
		answered === 0
			? "Raise --ready if its responses take that long"
			: "It is probably saturated: try fewer connections (--connections 10) or an open model (--rate 50)";
	return `connections still wait in ${waiting.join(", ")}, and ${answered} requests were answered. ${advice}.`;
}

/** The ports that are the target's own, not those of a proxy before it. */
async function portsOf(program: DrilledProgram, endpoint: Endpoint): Promise<ListeningPort[]> {
	return (await program.ports()).filter(({ port }) => port === endpoint.port);
}

/** What is there at the stop. */
interface Loaded {
	readonly ports: readonly ListeningPort[];
	readonly idleConnection: IdleReport | undefined;
	readonly loads: readonly RunningLoad[];
	readonly pauses: EventLoopLag;
}

async function stopAndCount(
	{ options, round, seed, abort, tell }: RoundContext,
	program: DrilledProgram,
	{ ports, idleConnection, loads, pauses }: Loaded,
): Promise<RoundData> {
	tell({ type: "stopping", round, by: options.stopCommand ?? options.signal });
	const { stoppedAtMs, stop, exit, killedAtMs } = await program.stop(abort);
	tell({ type: "ended", round });
	await delay(AFTER_EXIT_MS, undefined, { signal: abort });
	const [portHeld, leftProcesses] = await Promise.all([program.holds(ports), program.leftProcesses()]);
	const isLeft = portHeld || leftProcesses.length > 0;
	// Where something else serves on, it gets the time to finish that the target would have had.
	const timeoutMs = exit === undefined ? options.grace : isLeft ? FINISH_LEFT_MS : FINISH_MS;
	const names = loadNames(options.load);
	const data = await Promise.all(
		options.load.map(async ({ kind }, i): Promise<LoadData> => {
			const load = loads[i] as RunningLoad;
			// Without a process that is known to have ended the service is still up, as after a rolling restart.
			const records = await load.finish({ timeoutMs, signal: abort, mayStayOpen: exit === undefined });
			return { name: names[i] ?? kind, losses: loadKind(kind).losses, records, connections: load.connectionsEnded };
		}),
	);
	abort.throwIfAborted();
	const lagMs: RoundFacts["lagMs"] = (fromMs, toMs) => pauses.longestMs(fromMs, toMs);
	const ended = { stoppedAtMs, stop, exit, killedAtMs, leftProcesses, portHeld };
	const facts: RoundFacts = { round, seed, idleConnection, ...ended, lagMs, loads: data };
	const report = roundReport(facts);
	tell({ type: "round", report });
	return { report, stoppedAtMs, loads: data };
}
