/**
 * The other processes that share the listening sockets of this one: the workers of a cluster. Their primary owns the
 * sockets, and closes them when the last worker has closed its listener.
 */
export interface Siblings {
	/** This process begins to empty its accept queues. */
	emptying(): void;
	/** Resolves when the primary has handed on what waited in the kernel's queue when this was called, as far as it tells. */
	handedOn(): Promise<void>;
	/** This process has closed its listeners. Resolves when all that are draining have, or after `longestMs`. */
	allClosed(longestMs: number): Promise<void>;
}
