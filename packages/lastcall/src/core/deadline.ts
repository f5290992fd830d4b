import type { Clock } from "./clock.ts";

/** The instant by which it all ends. It can be brought forward to now, never put off. */
export class Deadline {
	readonly #clock: Clock;
	readonly #hurry = new AbortController();
	readonly startedAt: number;
	#at: number;

	constructor(clock: Clock, gracePeriodMs: number) {
		this.#clock = clock;
		this.startedAt = clock.now();
		this.#at = this.startedAt + gracePeriodMs;
	}

	/** The instant, on the clock's scale. */
	get at(): number {
		return this.#at;
	}

	/** Milliseconds since the stop reason. */
	get elapsedMs(): number {
		return this.#clock.now() - this.startedAt;
	}

	/** Milliseconds left. */
	get leftMs(): number {
		return Math.max(0, this.#at - this.#clock.now());
	}

	/** Aborts when the deadline is brought forward. */
	get hurry(): AbortSignal {
		return this.#hurry.signal;
	}

	bringForward(): void {
		this.#at = Math.min(this.#at, this.#clock.now());
		this.#hurry.abort();
	}

	/** Waits for `work`, but not past `ms` from now nor past a hurry. Resolves to whether the work was done. */
	race(work: Promise<unknown>, ms: number): Promise<boolean> {
		return new Promise((resolve) => {
			const end = (done: boolean): void => {
				cancel();
				this.hurry.removeEventListener("abort", hurried);
				resolve(done);
			};
			const hurried = (): void => end(false);
			const cancel = this.#clock.after(this.hurry.aborted ? 0 : Math.max(0, ms), hurried);
			this.hurry.addEventListener("abort", hurried);
			void work.then(() => end(true));
		});
	}
}
