import type { ConnectionEnd } from "./connection-end.ts";
import type { LossCode } from "./loss-codes.ts";
import type { LossRules } from "./loss-rules.ts";
import type { RequestRecord, Tally } from "./outcome.ts";
import type { Responses } from "./responses.ts";
import type { Verdict } from "./verdict.ts";

/** What one drill came to: what `--json` writes. Times are milliseconds; those of a round count from its stop. */
export interface DrillReport {
	/** Of this format. A field may be added without a new number, none is taken away or changed. */
	readonly version: 1;
	readonly drill: { readonly version: string; readonly node: string; readonly platform: string };
	/** ISO 8601. */
	readonly startedAt: string;
	readonly durationMs: number;
	readonly target: TargetReport;
	readonly loads: readonly string[];
	/** Of all rounds. */
	readonly tally: Tally;
	readonly rounds: readonly RoundReport[];
	readonly verdict: Verdict;
}

/** What was drilled. */
export interface TargetReport {
	readonly url: string;
	readonly command?: readonly string[];
	readonly pid?: number;
	readonly stopCommand?: string;
	/** The grace period after which it would be killed. */
	readonly graceMs: number;
}

/** One round: start, load, stop, count. */
export interface RoundReport {
	/** From 1. */
	readonly round: number;
	/** Draws the instant of the stop and the pauses of the loads. */
	readonly seed: number;
	readonly tally: Tally;
	readonly loads: readonly LoadReport[];
	readonly stop: StopReport;
	/** The kept-alive connection that was held idle until the stop, where there was one. */
	readonly idleConnection?: IdleReport;
	/** When a connection was first refused, if one was. */
	readonly firstRefusedMs?: number;
	/** When the last whole answer arrived, if any came after the stop. */
	readonly lastAnswerMs?: number;
	/** How the target ended; missing where the drill can't see it (`--stop-command`). */
	readonly exit?: ExitReport;
	/** Requests that were answered though the target had exited. */
	readonly answeredAfterExit: number;
	/** Processes of the target that outlived it. They have been killed. */
	readonly leftProcesses: readonly ProcessReport[];
	/** Reports whether somebody still accepted connections on the port after the exit. */
	readonly portHeld: boolean;
	/** Each request that was lost. */
	readonly lost: readonly LostRequest[];
}

/** What came of a kept-alive connection that was left idle. */
export interface IdleReport {
	/** For how long it was idle. */
	readonly heldMs: number;
	/** The server ended it; otherwise the drill did. */
	readonly ended: boolean;
}

/** How the target was told to stop. */
export interface StopReport {
	/** A signal's name, or the stop command. */
	readonly by: string;
	/** The whole process group was signalled, as a terminal's Ctrl+C does. */
	readonly group: boolean;
	/** When SIGINT was sent after the first signal, with `--twice`. */
	readonly againMs?: number;
	/** When the stop command ended, and its exit code (`null`: a signal). */
	readonly commandEndedMs?: number;
	readonly commandCode?: number | null;
}

/** How the target ended. */
export interface ExitReport {
	readonly atMs: number;
	/** `null` where a signal ended it, or where it is nobody's child that we could ask (`--pid`). */
	readonly code: number | null;
	readonly signal: string | null;
	/** It outlived its grace period, and the drill killed it as a platform would. */
	readonly killed: boolean;
	/**
	 * Whether it had handled the signal, where that ended it: by the signal itself, or with 128 + its number. What clients saw
	 * tells, and the time that it took.
	 */
	readonly handledSignal?: boolean;
}

export interface ProcessReport {
	readonly pid: number;
	readonly command: string;
}

export interface LoadReport {
	readonly name: string;
	readonly tally: Tally;
	/** Connections that were opened. */
	readonly connections: number;
	/** The median time from a request to its whole answer, before the stop. */
	readonly medianAnswerMs?: number;
	/** Whole responses by status, by when they arrived. */
	readonly responses: { readonly beforeStop: Responses; readonly afterStop: Responses };
}

/** A request with its times counted from the stop of its round. */
export interface LostRequest extends Omit<RequestRecord, "dueAtMs" | "sentAtMs" | "endedAtMs"> {
	readonly load: string;
	readonly sentMs: number;
	readonly endedMs: number;
	/** The verdict's reason that it belongs to. */
	readonly reason: LossCode;
}

/** Everything that happened in one round, for those who draw it. */
export interface RoundData {
	readonly report: RoundReport;
	/** `performance.now()` of the stop. */
	readonly stoppedAtMs: number;
	readonly loads: readonly LoadData[];
}

export interface LoadData {
	/** The kind, and the path where it has one of its own. */
	readonly name: string;
	readonly losses: LossRules;
	readonly records: readonly RequestRecord[];
	readonly connections: readonly ConnectionEnd[];
}
