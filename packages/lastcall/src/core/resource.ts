import type { StopReason } from "./stop-reason.ts";

/** Something that was acquired, as closing sees it. */
export interface Resource {
	/** Closes it. Called once, in its turn, also where it has ended by itself by then. */
	close(): unknown;
	/**
	 * Ends it now, as far as it has not ended: it was told to close and time is up. Missing where nothing can. An error that it
	 * throws is a failure in the report.
	 */
	cut?(): void;
}

/** Whom a resource that lives a life of its own tells about it. */
export interface Owner {
	/** What began the shutdown, once something has. */
	reason(): StopReason | undefined;
	/** Aborts when draining begins. */
	readonly drainSignal: AbortSignal;
	/** It has ended by itself, and badly, while it was needed: the service stops with this error. */
	failed(error: unknown): void;
}
