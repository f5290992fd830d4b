import type { CloserReport } from "./closer-report.ts";
import type { EndedEarly, InFlight } from "./drainable.ts";
import type { PhaseTime } from "./phase.ts";
import type { Failure, StopReason } from "./stop-reason.ts";

/** That work was dropped, when and why. */
export interface HardStop {
	/** `deadline`: time ran out. Otherwise what asked for it: a SIGINT after the stop reason, `stopNow()`. */
	readonly cause: "deadline" | StopReason;
	/** Milliseconds after the stop reason. */
	readonly atMs: number;
}

/** What happened in one shutdown. */
export interface ShutdownReport {
	/** What began it. */
	readonly reason: StopReason;
	/** Nothing failed, nothing was left, and nothing was ended early for lack of time. */
	readonly ok: boolean;
	/**
	 * 0 where `ok`; 1 where something failed, was left or ran out of time; 128 + n where a signal n was a hard stop: 130 for SIGINT.
	 * Where `run` ends the process: `process.exitCode`, if the program has set it to more than that. The option `exitCode` of
	 * `run` has the last word.
	 */
	readonly exitCode: number;
	/** Milliseconds from the stop reason to the end. */
	readonly durationMs: number;
	/** When each phase was entered. */
	readonly phases: readonly PhaseTime[];
	readonly hardStop: HardStop | undefined;
	/** What was in flight at the hard stop, and closers that had not ended at the deadline. */
	readonly left: readonly InFlight[];
	/** What the drain ended before it was finished, and why. Only `out-of-time` makes the report not `ok`. */
	readonly endedEarly: readonly EndedEarly[];
	/** The resources, in the order in which their closing ended; those that were left, last. */
	readonly closers: readonly CloserReport[];
	/** Every failure: the stop reason's own first, then what failed meanwhile. */
	readonly errors: readonly Failure[];
}

/** The exit code for what happened: a hard stop by a signal says so, whatever else went wrong. */
export function exitCodeOf(report: Pick<ShutdownReport, "hardStop" | "ok">): number {
	const cause = report.hardStop?.cause;
	if (typeof cause === "object" && cause.kind === "signal") return 128 + cause.number;
	return report.ok ? 0 : 1;
}
