/*
 * What a service, and the program that has started its process or thread, tell each other. A forked child and a cluster
 * worker do it on their IPC channel, a worker thread on a channel of its own: no message of the program's goes astray.
 */

/**
 * From the parent. `who`: which services run there? `stop`: shut down. From the primary of a cluster, `siblings`: it helps
 * its workers to close their listeners together; `handed-on` is its response to `empty`, after a whole poll; `all-closed`:
 * every worker that is draining has closed its listeners.
 */
export type ParentWord = "who" | "stop" | "siblings" | "handed-on" | "all-closed";

/** How a service ended, for the parent's report. */
export interface ServiceEnd {
	readonly exitCode: number;
	/** How many units of work were left. */
	readonly left: number;
	/** How many failures there were. */
	readonly failed: number;
}

/**
 * From a service. `here`: it runs. `stopping`: it has heard `stop`. `closed`: it has ended, and so. From one in a cluster
 * worker, `emptying`: it begins to empty its accept queues; `empty`: one seems to be empty; `listeners-closed`.
 */
export type ServiceWord =
	| {
			readonly word: "here" | "stopping" | "emptying" | "empty" | "listeners-closed";
			readonly id: string;
	  }
	| { readonly word: "closed"; readonly id: string; readonly end: ServiceEnd };

/** The name of the `BroadcastChannel` of a worker thread. */
export function threadChannel(threadId: number): string {
	return `lastcall.thread.${threadId}`;
}

/** A word as an IPC message. Node.js hides messages whose `cmd` begins with `NODE_` from the program's own listeners. */
export interface IpcMessage<Word> {
	readonly cmd: "NODE_LASTCALL";
	readonly lastcall: Word;
}

export function ipcMessage<Word>(lastcall: Word): IpcMessage<Word> {
	return { cmd: "NODE_LASTCALL", lastcall };
}

/** The word in an IPC message, or `undefined` where it is not one of ours. */
export function wordIn<Word>(message: unknown): Word | undefined {
	const { cmd, lastcall } = (message ?? {}) as Partial<IpcMessage<Word>>;
	return cmd === "NODE_LASTCALL" ? lastcall : undefined;
}
