const TICK_MS = 5;

/** Notes when the drill itself was not running, or busy: what happened then it has noticed late. */
export class EventLoopLag {
	readonly #pauses: { readonly fromMs: number; readonly toMs: number }[] = [];
	readonly #timer: NodeJS.Timeout;
	#tickedAtMs: number = performance.now();

	constructor() {
		this.#timer = setInterval(() => this.#tick(), TICK_MS);
	}

	/** Notes nothing more. */
	end(): void {
		this.#tick();
		clearInterval(this.#timer);
	}

	/** The longest pause that had a part in this time. */
	longestMs(fromMs: number, toMs: number): number {
		return this.#pauses
			.filter((pause) => pause.toMs > fromMs && pause.fromMs < toMs)
			.reduce((longest, pause) => Math.max(longest, pause.toMs - pause.fromMs - TICK_MS), 0);
	}

	#tick(): void {
		const now = performance.now();
		// One or two late ticks are no pause, and there are many of them.
		if (now - this.#tickedAtMs > TICK_MS + 1) this.#pauses.push({ fromMs: this.#tickedAtMs, toMs: now });
		this.#tickedAtMs = now;
	}
}
