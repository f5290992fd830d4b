const TICK_MS = 5;

/** Records when the drill's own event loop was late: it noticed late whatever happened then. */
export class EventLoopLag {
	readonly #stalls: { readonly fromMs: number; readonly toMs: number }[] = [];
	readonly #timer: NodeJS.Timeout;
	#tickedAtMs: number = performance.now();

	constructor() {
		this.#timer = setInterval(() => this.#tick(), TICK_MS);
	}

	/** Stops recording. */
	end(): void {
		this.#tick();
		clearInterval(this.#timer);
	}

	/** Returns the longest stall that overlaps a period. */
	longestMs(fromMs: number, toMs: number): number {
		return this.#stalls
			.filter((stall) => stall.toMs > fromMs && stall.fromMs < toMs)
			.reduce((longest, stall) => Math.max(longest, stall.toMs - stall.fromMs - TICK_MS), 0);
	}

	#tick(): void {
		const now = performance.now();
		// A tick that is a millisecond late is no stall, and there are many of them.
		if (now - this.#tickedAtMs > TICK_MS + 1) this.#stalls.push({ fromMs: this.#tickedAtMs, toMs: now });
		this.#tickedAtMs = now;
	}
}
