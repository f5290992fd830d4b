import type { ListeningSocket } from "./listening-port.ts";

/** One living process. A zombie is none: nothing of it runs or holds anything. */
export interface ProcessEntry {
	readonly pid: number;
	readonly parent: number;
	/** Its process group. */
	readonly group: number;
	/** Greater for one that was started later; the unit is the table's. With the pid it is one process's for ever. */
	readonly startedAt: number;
}

/** What a platform tells about its processes. */
export interface ProcessTable {
	/** Every living process that can be seen. */
	read(): Promise<readonly ProcessEntry[]>;
	/** The same, without the event loop: blocks it for some milliseconds. */
	readSync(): readonly ProcessEntry[];
	/** Reports whether this very process still lives. Cheap enough to be asked every few milliseconds. */
	isLiving(entry: ProcessEntry): boolean;
	/** Reports whether `text` was in its environment when it was started; `false` where that can't be read. */
	hasInEnvironment(entry: ProcessEntry, text: string): boolean;
	/** The command line, for people. */
	commandOf(entry: ProcessEntry): string;
	/** The TCP sockets on which these processes listen, in the order of `pids`. What can't be read is left out. */
	listening(pids: readonly number[]): Promise<readonly ListeningSocket[]>;
}
