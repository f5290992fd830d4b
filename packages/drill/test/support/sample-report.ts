import type { DrillReport, ExitReport, LoadReport, LostRequest, RoundReport } from "#src/record/drill-report.js";
import type { LossCode } from "#src/record/loss-codes.js";
import { tally } from "#src/record/outcome.js";
import type { Responses } from "#src/record/responses.js";
import { judge, type Limits } from "#src/verdict/judge.js";

export const noLimits: Limits = { twice: false, maxLost: 0, maxErrors: 50 };

export const cleanExit: ExitReport = { atMs: 120, code: 0, signal: null, killed: false };

/** A request that was lost for this reason. */
export function lostBy(reason: LossCode): LostRequest {
	return {
		id: "a-1",
		load: "pausing",
		connection: 4,
		nth: 2,
		sentMs: 1.5,
		endedMs: 2.25,
		outcome: "reset",
		error: "ECONNRESET",
		reason,
	};
}

/** Responses of one load by status. */
export function responsesOf(
	beforeStop: Responses = { 200: 8 },
	afterStop: Responses = { 200: 2 },
): LoadReport["responses"] {
	return { beforeStop, afterStop };
}

/** A round in which 10 requests were answered, 1 was refused, and these were lost. */
export function round(lost: readonly LostRequest[] = [], rest: Partial<RoundReport> = {}): RoundReport {
	const counts = {
		...tally([]),
		total: 11 + lost.length,
		answered: 10,
		refused: 1,
		reset: lost.length,
		lost: lost.length,
	};
	return {
		round: 1,
		seed: 7,
		tally: counts,
		loads: [{ name: "pausing", tally: counts, connections: 3, medianResponseMs: 1.5, responses: responsesOf() }],
		stop: { by: "SIGTERM", group: false },
		idleConnection: { heldMs: 700, ended: false },
		firstRefusedMs: 3,
		lastResponseMs: 90,
		exit: cleanExit,
		answeredAfterExit: 0,
		leftProcesses: [],
		portHeld: false,
		lost,
		...rest,
	};
}

/** A report of these rounds, judged. */
export function reportOf(rounds: readonly RoundReport[], limits: Limits = noLimits): DrillReport {
	const counts = tally([]);
	for (const { tally: of } of rounds)
		for (const key of Object.keys(counts) as (keyof typeof counts)[]) counts[key] += of[key];
	return {
		version: 1,
		drill: { version: "1.2.3", node: "v20.0.0", platform: "linux" },
		startedAt: "2026-01-02T03:04:05.678Z",
		durationMs: 1_234.5,
		target: { url: "http://127.0.0.1:8080/", command: ["node", "server.js"], graceMs: 10_000 },
		loads: ["pausing,connections=3"],
		tally: counts,
		rounds,
		verdict: judge(rounds, limits),
	};
}
