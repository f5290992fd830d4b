/**
 * The other processes that share the listening sockets of this one: the workers of a cluster. The primary owns the sockets,
 * and closes them when the last worker has closed its listener.
 */
export interface Siblings {
	/** Called when this process begins to empty its accept queues. */
	emptying(): void;
	/** Resolves when the primary says that it has handed on what waited in the kernel's queue at the time of the call. */
	handedOn(): Promise<void>;
	/** Called when this process has closed its listeners. Resolves when all draining workers have, or after `longestMs`. */
	allClosed(longestMs: number): Promise<void>;
}
