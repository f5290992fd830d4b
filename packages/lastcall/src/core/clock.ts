/** The only source of time in the core, so that a test can replace it. */
export interface Clock {
	/** Returns milliseconds on a scale that never goes back. */
	now(): number;
	/** Calls `callback` once, in `ms` milliseconds, and keeps the process alive until then. Returns a function that cancels it. */
	after(ms: number, callback: () => void): () => void;
	/** Calls `callback` once, in `ms` milliseconds, if the process is still running then. Returns a function that cancels it. */
	afterUnref(ms: number, callback: () => void): () => void;
	/**
	 * Resolves after one whole turn of the event loop: the timers that are due now, a poll for I/O, and the check phase. It takes
	 * no longer than that.
	 */
	turn(): Promise<void>;
}
