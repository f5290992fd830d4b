import type { ConnectionEnd } from "./connection-end.ts";
import type { LossCode } from "./loss-codes.ts";
import type { LossRules } from "./loss-rules.ts";
import type { RequestRecord, Tally } from "./outcome.ts";
import type { Responses } from "./responses.ts";
import type { Rows } from "./rows.ts";
import type { Verdict } from "./verdict.ts";

/** The result of one drill, as `--json` writes it. Times are milliseconds; those of a round count from its stop. */
export interface DrillReport {
	/** The version of this format. Fields may be added to it; none is removed or changed. */
	readonly version: 1;
	readonly drill: { readonly version: string; readonly node: string; readonly platform: string };
	/** ISO 8601. */
	readonly startedAt: string;
	readonly durationMs: number;
	readonly target: TargetReport;
	readonly loads: readonly string[];
	/** The counts of all rounds. */
	readonly tally: Tally;
	readonly rounds: readonly RoundReport[];
	readonly verdict: Verdict;
}

/** The program under drill. */
export interface TargetReport {
	readonly url: string;
	readonly command?: readonly string[];
	readonly pid?: number;
	readonly stopCommand?: string;
	/** The grace period. After it, the target is killed. */
	readonly graceMs: number;
}

/** One round: start, load, stop, count. */
export interface RoundReport {
	/** From 1. */
	readonly round: number;
	/** Draws the time of the stop and the pauses of the loads. */
	readonly seed: number;
	readonly tally: Tally;
	readonly loads: readonly LoadReport[];
	readonly stop: StopReport;
	/** The kept-alive connection that was left idle until the stop, if there was one. */
	readonly idleConnection?: IdleReport;
	/** When a connection was refused for the first time, if one was. */
	readonly firstRefusedMs?: number;
	/** When the last complete response arrived, if any did after the stop. */
	readonly lastResponseMs?: number;
	/** How the target ended; undefined if the drill can't see it (`--stop-command`). */
	readonly exit?: ExitReport;
	/** How many requests were answered although the target had exited. */
	readonly answeredAfterExit: number;
	/** Processes of the target that outlived it. The drill has killed them. */
	readonly leftProcesses: readonly ProcessReport[];
	/** True if a process still accepted connections on the port after the exit. */
	readonly portHeld: boolean;
	/** Each request that was lost. */
	readonly lost: readonly LostRequest[];
}

/** How a kept-alive connection ended that was left idle. */
export interface IdleReport {
	/** How long it was idle. */
	readonly heldMs: number;
	/** True if the server ended it, false if the drill did. */
	readonly ended: boolean;
}

/** How the drill stopped the target. */
export interface StopReport {
	/** A signal's name, or the stop command. */
	readonly by: string;
	/** True if the whole process group got the signal, as with a terminal's Ctrl+C. */
	readonly group: boolean;
	/** With `--twice`: when SIGINT was sent, after the first signal. */
	readonly againMs?: number;
	/** When the stop command ended, and its exit code (`null`: a signal). */
	readonly commandEndedMs?: number;
	readonly commandCode?: number | null;
}

/** How the target ended. */
export interface ExitReport {
	readonly atMs: number;
	/** `null` if a signal ended it, or if it is not the drill's child (`--pid`). */
	readonly code: number | null;
	readonly signal: string | null;
	/** True if it outlived its grace period: the drill killed it, as a platform would. */
	readonly killed: boolean;
	/**
	 * True if the target handled the signal before it ended by the signal, or with 128 + its number. The evidence is what
	 * clients saw, and how long it took. Undefined after any other end.
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
	/** How many connections were opened. */
	readonly connections: number;
	/** The median time from a request to its complete response, before the stop. */
	readonly medianResponseMs?: number;
	/** Complete responses by status, before and after the stop. */
	readonly responses: { readonly beforeStop: Responses; readonly afterStop: Responses };
}

/** A request with its times counted from the stop of its round. */
export interface LostRequest extends Omit<RequestRecord, "dueAtMs" | "sentAtMs" | "endedAtMs"> {
	readonly load: string;
	readonly sentMs: number;
	readonly endedMs: number;
	/** The reason of the verdict that it counts for. */
	readonly reason: LossCode;
}

/** Everything that happened in one round, for timelines. */
export interface RoundData {
	readonly report: RoundReport;
	/** `performance.now()` of the stop. */
	readonly stoppedAtMs: number;
	readonly loads: readonly LoadData[];
}

export interface LoadData {
	/** The kind, and the path if the load has its own. */
	readonly name: string;
	readonly losses: LossRules;
	readonly records: Rows<RequestRecord>;
	readonly connections: Rows<ConnectionEnd>;
}
