import type { StopReason } from "./stop-reason.ts";

/** Something that was acquired and has to be closed. */
export interface Resource {
	/** Closes it. Called once, in its turn, even if it has ended by then. */
	close(): unknown;
	/**
	 * Ends it by force, if it has not ended: `close()` was called and the time is up. Missing if that is not possible. What
	 * it throws is a failure in the report.
	 */
	cut?(): void;
}

/** The service, as a resource sees it that can end by itself. */
export interface Owner {
	/** Returns what began the shutdown, or `undefined` if nothing has. */
	reason(): StopReason | undefined;
	/** Returns the signals that stop this program. A platform or a terminal may send one to its children, too. */
	stopSignals(): readonly string[];
	/** Aborts when draining begins. */
	readonly drainSignal: AbortSignal;
	/** Called if the resource ends with an error while it is needed. Stops the service. */
	failed(error: unknown): void;
}
