import { setTimeout as delay } from "node:timers/promises";
import { loadKind } from "../load/catalogue.ts";
import { loadNames, startLoad } from "../load/load-spec.ts";
import type { Endpoint, RunningLoad } from "../load/running-load.ts";
import { seededRandom } from "../load/seeded-random.ts";
import type { DrillOptions } from "../options/drill-options.ts";
import type { ListeningPort } from "../program/listening-port.ts";
import { TargetError } from "../program/target-error.ts";
import type { DrillListener } from "../record/drill-event.ts";
import type { IdleReport, LoadData, RoundData } from "../record/drill-report.ts";
import { addTallies } from "../record/outcome.ts";
import { IDLE_MARGIN_MS } from "../verdict/judge.ts";
import { type RoundFacts, roundReport } from "../verdict/round-report.ts";
import { DrilledProgram } from "./drilled-program.ts";
import { EventLoopLag } from "./event-loop-lag.ts";
import { findEndpoint } from "./find-endpoint.ts";
import { IdleConnection, leavesIdle } from "./idle-connection.ts";
import { reachSteady } from "./reach-steady.ts";

/** What one round is played with. */
export interface RoundContext {
	readonly options: DrillOptions;
	/** From 1. */
	readonly round: number;
	readonly seed: number;
	readonly abort: AbortSignal;
	readonly onEvent: DrillListener;
	/** Called with what the target writes. */
	readonly onOutput: (text: string) => void;
}

/** The stop comes at a random time within this period, once all loads are steady. */
const STOP_BETWEEN_MS = [200, 700] as const;
/** How long the loads go on after the exit: another process may still answer. */
const AFTER_EXIT_MS = 250;
/** Once the server has gone, its connections end by themselves; but the kernel still has what a slow reader has to read. */
const FINISH_MS = 10_000;
/** If a process is left that holds connections open, a request without an outcome by then gets none. */
const FINISH_LEFT_MS = 1_000;

/**
 * Plays one round: start, load, stop, count. Rejects with a `TargetError` if the target never came up, and with the reason of
 * `abort`. In any case, nothing that was started is left.
 */
export async function playRound(context: RoundContext): Promise<{ url: string; data: RoundData }> {
	const { options, round, abort, onEvent, onOutput } = context;
	onEvent({ type: "starting", round });
	const program = await DrilledProgram.open(options, onOutput);
	const loads: RunningLoad[] = [];
	const lag = new EventLoopLag();
	let idle: IdleConnection | undefined;
	try {
		const { url, endpoint } = await findEndpoint(program, options, abort);
		onEvent({ type: "up", round, url: url.href });
		if (options.idleTimeout !== undefined || leavesIdle(options.load))
			idle = new IdleConnection(endpoint, options.load);
		if (round === 1) await holdIdle(context, program, idle);
		const ports = await loadUntilStop(context, endpoint, program, loads);
		// How the stop ends this connection says nothing about its idle timeout, and it must not delay the stop.
		const idleConnection = idle?.report;
		idle?.close();
		return { url: url.href, data: await stopAndCount(context, program, { ports, idleConnection, loads, lag }) };
	} finally {
		lag.end();
		idle?.close();
		await Promise.all([...loads.map((load) => load.end({ timeoutMs: 0 })), program.end()]);
	}
}

/** Leaves a connection idle for as long as `--idle-timeout` says, and a little longer. */
async function holdIdle(
	{ options, round, abort, onEvent }: RoundContext,
	program: DrilledProgram,
	idle: IdleConnection | undefined,
): Promise<void> {
	if (options.idleTimeout === undefined || idle === undefined) return;
	const forMs = options.idleTimeout + IDLE_MARGIN_MS;
	onEvent({ type: "idling", round, forMs });
	await Promise.race([idle.hold(forMs, options.ready, abort), program.ended]);
	if (idle.report !== undefined) return;
	throw new TargetError(
		"ERR_DRILL_NOT_STEADY",
		"--idle-timeout: no HTTP/1.1 connection could be left idle. The request was not answered, or its response said Connection: close.",
	);
}

/** Starts all loads and returns at the time of the stop. Resolves to the ports that are loaded. */
async function loadUntilStop(
	{ options, round, seed, abort, onEvent }: RoundContext,
	endpoint: Endpoint,
	program: DrilledProgram,
	loads: RunningLoad[],
): Promise<ListeningPort[]> {
	for (const [i, spec] of options.load.entries()) loads.push(startLoad(endpoint, spec, { seed: seed + i }));
	onEvent({ type: "loading", round, tally: () => addTallies(loads.map((load) => load.tally)) });
	const programEnded = rejectAtEnd(program);
	const names = loadNames(options.load);
	const named = loads.map((load, i) => ({ name: names[i] ?? load.name, load }));
	await reachSteady(named, { readyMs: options.ready, abort, programEnded });
	// Not right before the stop: the look stops the loads for some 10 ms, and the stop would find every client idle.
	const ports = await findOwnPorts(program, endpoint);
	const timer = new AbortController();
	const stopTime = delay(stopAfterMs(seed), undefined, { signal: AbortSignal.any([abort, timer.signal]) });
	stopTime.catch(() => {});
	await Promise.race([stopTime, programEnded]).finally(() => timer.abort());
	return ports;
}

/** Rejects when the program ends. The rejection need not be handled. */
function rejectAtEnd(program: Pick<DrilledProgram, "ended" | "finalOutput">): Promise<never> {
	const ended = program.ended.then(async () => {
		const output = await program.finalOutput();
		throw new TargetError("ERR_DRILL_ENDED_EARLY", `The target ended before the stop.\n${output}`);
	});
	ended.catch(() => {});
	return ended;
}

function stopAfterMs(seed: number): number {
	const [earliest, latest] = STOP_BETWEEN_MS;
	return earliest + seededRandom(seed)() * (latest - earliest);
}

/** Returns the ports of the target itself, not those of a proxy in front of it. */
async function findOwnPorts(program: DrilledProgram, endpoint: Endpoint): Promise<ListeningPort[]> {
	return (await program.ports()).filter(({ port }) => port === endpoint.port);
}

/** What is there at the stop. */
interface Loaded {
	readonly ports: readonly ListeningPort[];
	readonly idleConnection: IdleReport | undefined;
	readonly loads: readonly RunningLoad[];
	readonly lag: EventLoopLag;
}

async function stopAndCount(
	{ options, round, seed, abort, onEvent }: RoundContext,
	program: DrilledProgram,
	{ ports, idleConnection, loads, lag }: Loaded,
): Promise<RoundData> {
	onEvent({ type: "stopping", round, by: options.stopCommand ?? options.signal });
	const { stoppedAtMs, stop, exit, killedAtMs } = await program.stop(abort);
	onEvent({ type: "ended", round });
	await delay(AFTER_EXIT_MS, undefined, { signal: abort });
	const [portHeld, leftProcesses] = await Promise.all([program.holds(ports), program.leftProcesses()]);
	const isLeft = portHeld || leftProcesses.length > 0;
	// If another process still serves, it gets as much time to finish as the target would have had.
	const timeoutMs = exit === undefined ? options.grace : isLeft ? FINISH_LEFT_MS : FINISH_MS;
	const names = loadNames(options.load);
	const data = await Promise.all(
		options.load.map(async ({ kind }, i): Promise<LoadData> => {
			const load = loads[i] as RunningLoad;
			// If no process is known to have ended, the service is still up, as after a rolling restart.
			await load.end({ timeoutMs, signal: abort, mayStayOpen: exit === undefined });
			const { records, ends: connections } = load;
			return { name: names[i] ?? kind, losses: loadKind(kind).losses, records, connections };
		}),
	);
	abort.throwIfAborted();
	const lagMs: RoundFacts["lagMs"] = (fromMs, toMs) => lag.longestMs(fromMs, toMs);
	const ended = { stoppedAtMs, stop, exit, killedAtMs, leftProcesses, portHeld };
	const facts: RoundFacts = { round, seed, idleConnection, ...ended, lagMs, loads: data };
	const report = roundReport(facts);
	onEvent({ type: "round", report });
	return { report, stoppedAtMs, loads: data };
}
