import type { ProcessReport } from "../record/drill-report.ts";
import type { ListeningPort } from "./listening-port.ts";

/** How the process that was started or watched has ended. */
export interface ProgramEnd {
	/** `null` if a signal ended it, or if it is not the drill's child. */
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	/** When the drill noticed, `performance.now()`. */
	readonly atMs: number;
}

/** Which processes get a signal. */
export interface SignalOptions {
	/**
	 * Sends it to the whole process group, as a terminal's Ctrl+C does. Otherwise only the one process gets it, as from an
	 * orchestrator.
	 * @default false
	 */
	readonly group?: boolean;
}

/**
 * The program under drill as processes: the one that was started or named, and all its descendants. The caller must call
 * `kill` or `close` in the end.
 *
 * If the family is known only by ancestry (a watched process, or any platform but Linux), a child that has lost its parent is
 * a member only if it was seen before: call `processes` once the program is up.
 */
export interface Program {
	/** The command or the pid, for messages. */
	readonly name: string;
	/** The pid of the process that was started or named. */
	readonly pid: number;
	/** Resolves when that process has ended. Others of the program may live on. Never rejects. */
	readonly ended: Promise<ProgramEnd>;
	/** The last 64 KB or so of what it wrote to stdout and stderr. Empty for a process that the drill did not start. */
	readonly output: string;
	/** Waits for the end, then for every process that holds the pipes, 200 ms at most. Resolves to the `output` then. */
	finalOutput(): Promise<string>;
	/** Returns its living processes. */
	processes(): Promise<ProcessReport[]>;
	/** Returns the processes that are alive 500 ms from now: call it after the end. Returns earlier if none is left. */
	leftProcesses(): Promise<ProcessReport[]>;
	/** Returns where a client on this machine can connect. */
	listeningPorts(): Promise<ListeningPort[]>;
	/**
	 * Sends a signal. Returns false if there is no process to get it: that is no error. Throws a `TargetError` if the drill
	 * has no permission, or if the group is also its own.
	 */
	signal(name: NodeJS.Signals, options?: SignalOptions): boolean;
	/** Ends every process with SIGKILL. Resolves once a look has confirmed that none is left, rejects if one stays. */
	kill(): Promise<void>;
	/**
	 * Stops watching, and leaves the processes as they are. The program no longer keeps the drill running, and `ended` may
	 * never resolve. A second call does nothing.
	 */
	close(): void;
}

/** How long `leftProcesses` waits. */
export const LEFT_PATIENCE_MS = 500;
