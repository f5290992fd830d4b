/** The only source of time for the sequence, so that a test can be the clock. */
export interface Clock {
	/** Milliseconds on a scale that never goes back. */
	now(): number;
	/** Calls back once, `ms` milliseconds from now, and keeps the program alive until then. Returns what cancels it. */
	after(ms: number, callback: () => void): () => void;
	/**
	 * Resolves after one whole turn of the event loop: the timers that are due now, a poll for I/O, and the check phase have
	 * run. Takes no other time.
	 */
	turn(): Promise<void>;
}
