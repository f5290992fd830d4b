import type { Cluster } from "node:cluster";
import type { Server } from "node:net";
import type { Worker } from "node:worker_threads";

/** Hands a held event to the listeners of the program, as if it came now. */
export type Deliver = () => void;

/** What is loaded when the program has something to drain. */
export interface AutoProgram {
	/** A server of the program listens. No connection can have come yet. */
	listens(server: Server): void;
	/** The program has forked its first cluster worker. */
	forks(cluster: Cluster): void;
	/** A server listens in this worker thread. */
	servesIn(thread: Worker | undefined, threadId: number): void;
	/** Returns true if the process must not emit this event now: `deliver` is called later. */
	holds(event: string, args: readonly unknown[], deliver: Deliver): boolean;
}
