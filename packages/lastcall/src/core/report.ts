import type { CloserReport } from "./closer-report.ts";
import type { EndedEarly, InFlight } from "./drainable.ts";
import type { PhaseTime } from "./phase.ts";
import type { Failure, StopReason } from "./stop-reason.ts";

/** A hard stop: work was dropped, or closers were no longer waited for. */
export interface HardStop {
	/** `deadline` if time ran out. Otherwise what asked for the hard stop: a later SIGINT, or `stopNow()`. */
	readonly cause: "deadline" | StopReason;
	/** Milliseconds after the stop reason. */
	readonly atMs: number;
}

/** What happened in a shutdown. */
export interface ShutdownReport {
	/** What began the shutdown. */
	readonly reason: StopReason;
	/** True if nothing failed, nothing was left, and no response was cut short for lack of time. */
	readonly ok: boolean;
	/**
	 * The exit code:
	 *
	 * - 0 if `ok`;
	 * - 1 if something failed, was left or ran out of time;
	 * - 128 + n if signal n was a hard stop: 130 for SIGINT.
	 *
	 * If `run` ends the process and the program has set `process.exitCode` to more than that, it is that. What the option
	 * `exitCode` of `run` returns replaces all of these.
	 */
	readonly exitCode: number;
	/** Milliseconds from the stop reason to the end. */
	readonly durationMs: number;
	/** When each phase of the shutdown began. */
	readonly phases: readonly PhaseTime[];
	/** The hard stop, or `undefined` if there was none. */
	readonly hardStop: HardStop | undefined;
	/** What was in flight at the hard stop, and the closers that had not ended at the deadline. */
	readonly left: readonly InFlight[];
	/** What the drain ended before it was finished, and why. Only `out-of-time` makes the report not `ok`. */
	readonly endedEarly: readonly EndedEarly[];
	/** The resources, in the order in which their closing ended; then those that were left. */
	readonly closers: readonly CloserReport[];
	/** Every failure: that of the stop reason first, then those that came after it. */
	readonly errors: readonly Failure[];
}
