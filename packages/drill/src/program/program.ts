import type { ProcessReport } from "../record/drill-report.ts";
import type { ListeningPort } from "./listening-port.ts";

/** How the process ended that was started or watched. */
export interface ProgramEnd {
	/** `null` where a signal ended it, or where it is nobody's child that we could ask. */
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	/** `performance.now()` of when the drill noticed. */
	readonly atMs: number;
}

/** Whom a signal goes to. */
export interface SignalOptions {
	/**
	 * The whole process group, as a terminal's Ctrl+C does; otherwise the one process, as an orchestrator does.
	 * @default false
	 */
	readonly group?: boolean;
}

/**
 * The program under drill as processes: the one that was started or named, and everybody who comes from it. Whoever is done
 * with it calls `kill` or `close`.
 *
 * Where only ancestry tells who belongs (a watched process; any platform but Linux), a child that has lost its parent is
 * known by having been seen before: call `processes` once the target is up.
 */
export interface Program {
	/** For people: the command, or the pid. */
	readonly name: string;
	/** Of the process that was started or named. */
	readonly pid: number;
	/** That process has ended; others of the target may live on. Never rejects. */
	readonly ended: Promise<ProgramEnd>;
	/** The end of what it wrote to stdout and stderr, about 64 KB; empty where that is not ours to read. */
	readonly output: string;
	/** `output` when all is written: after the end, waits until every writer has gone, at most 200 ms. */
	finalOutput(): Promise<string>;
	/** Its living processes. */
	processes(): Promise<ProcessReport[]>;
	/** Those that still live 500 ms from now, after the end: what outlived it. Comes back earlier if none is left. */
	leftProcesses(): Promise<ProcessReport[]>;
	/** Where a client on this machine reaches it. */
	listeningPorts(): Promise<ListeningPort[]>;
	/**
	 * Sends a signal. Returns `false` where nobody is there to get it: that is no error. Throws a `TargetError` where it may
	 * not be sent, or where the group is also the drill's.
	 */
	signal(name: NodeJS.Signals, options?: SignalOptions): boolean;
	/** Ends every process of it with SIGKILL; resolves when it is confirmed that none is left, rejects if one stays. */
	kill(): Promise<void>;
	/**
	 * Lets go of it and leaves its processes as they are. Nothing of the drill then waits for it: `ended` may never
	 * resolve. A second call does nothing.
	 */
	close(): void;
}

/** For how long `leftProcesses` looks. */
export const leftPatienceMs = 500;
