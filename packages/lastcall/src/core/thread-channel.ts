/**
 * Where a service and the services in one of its worker threads speak: the name of a `BroadcastChannel`, which no message
 * of the program's own goes through.
 */
export function threadChannel(threadId: number): string {
	return `lastcall.thread.${threadId}`;
}

/** What is said there. `who`: is there a service in this thread? `here`: there is. `stop`: shut down. */
export type ThreadWord = "who" | "here" | "stop";
