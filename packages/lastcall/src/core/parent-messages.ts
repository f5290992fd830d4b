/*
 * The messages between a service and the program that started its process or thread. A forked child and a cluster worker
 * use their IPC channel, a worker thread uses a channel of its own, so none of them reaches a listener of the program.
 */

/**
 * A message from the parent:
 *
 * - `who`: which services run there? Each one replies `here`.
 * - `stop`: shut down.
 * - `drain`: drain the servers, and do nothing else. The reply is `drained`.
 * - `deliver`: the program may get the signals that were held for it. After `drain`.
 * - `siblings`, from the primary of a cluster: it helps its workers to close their listeners together.
 * - `handed-on`: the primary's reply to `empty`, after a whole poll for I/O.
 * - `all-closed`: every draining worker has closed its listeners.
 */
export type ParentMessage = "who" | "stop" | "drain" | "deliver" | "siblings" | "handed-on" | "all-closed";

/** How a service ended, for the parent's report. */
export interface ServiceEnd {
	readonly exitCode: number;
	/** The number of units of work that were left. */
	readonly left: number;
	/** The number of failures. */
	readonly failed: number;
}

/**
 * A message from a service:
 *
 * - `here`: the service runs.
 * - `stopping`: it has received `stop`.
 * - `drained`: its servers are drained, as `drain` asked.
 * - `emptying`, from a cluster worker: it begins to empty its accept queues.
 * - `empty`: one of its accept queues seems to be empty.
 * - `listeners-closed`: it has closed its listeners.
 * - `closed`: it has ended, and how.
 */
export type ServiceMessage =
	| {
			readonly type: "here" | "stopping" | "drained" | "emptying" | "empty" | "listeners-closed";
			readonly id: string;
	  }
	| { readonly type: "closed"; readonly id: string; readonly end: ServiceEnd };

/** Returns the name of the `BroadcastChannel` of a worker thread. */
export function threadChannel(threadId: number): string {
	return `lastcall.thread.${threadId}`;
}

/** A message in its IPC envelope. Node.js hides messages whose `cmd` begins with `NODE_` from the program's listeners. */
export interface IpcMessage<Message> {
	readonly cmd: "NODE_LASTCALL";
	readonly lastcall: Message;
}

export function toIpcMessage<Message>(lastcall: Message): IpcMessage<Message> {
	return { cmd: "NODE_LASTCALL", lastcall };
}

/** Returns the message in an IPC envelope, or `undefined` if it is not lastcall's. */
export function readIpcMessage<Message>(message: unknown): Message | undefined {
	const { cmd, lastcall } = (message ?? {}) as Partial<IpcMessage<Message>>;
	return cmd === "NODE_LASTCALL" ? lastcall : undefined;
}
