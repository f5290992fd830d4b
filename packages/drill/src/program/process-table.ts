import type { ListeningSocket } from "./listening-port.ts";

/** One living process. A zombie is none: it runs nothing and holds nothing. */
export interface ProcessEntry {
	readonly pid: number;
	readonly parent: number;
	/** The process group. */
	readonly group: number;
	/** When it was started, in the table's own unit. The pid and this identify one process forever. */
	readonly startedAt: number;
}

/** What a platform says about its processes. */
export interface ProcessTable {
	/** Returns every living process that can be seen. */
	read(): Promise<readonly ProcessEntry[]>;
	/** Does the same synchronously: blocks the event loop for some milliseconds. */
	readSync(): readonly ProcessEntry[];
	/** Returns true if this very process is alive. Cheap enough for a call every few milliseconds. */
	isLiving(entry: ProcessEntry): boolean;
	/** Returns true if `text` was in its environment when it was started; false if that can't be read. */
	hasInEnvironment(entry: ProcessEntry, text: string): boolean;
	/** Returns the command line, for reports. */
	commandOf(entry: ProcessEntry): string;
	/** Returns the TCP sockets on which these processes listen, in the order of `pids`. What can't be read is left out. */
	listening(pids: readonly number[]): Promise<readonly ListeningSocket[]>;
}
