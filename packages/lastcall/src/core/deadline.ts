import type { Clock } from "./clock.ts";

/** The instant by which it all ends. It can be brought forward to now, never put off. */
export class Deadline {
	readonly #clock: Clock;
	/** What ends each race that is on. No `AbortSignal`: to Node.js so many that listen to one look like a leak. */
	readonly #races = new Set<() => void>();
	readonly startedAt: number;
	/** All the time there was at the stop reason. */
	readonly gracePeriodMs: number;
	#at: number;
	#isHurried = false;

	constructor(clock: Clock, gracePeriodMs: number) {
		this.#clock = clock;
		this.startedAt = clock.now();
		this.gracePeriodMs = gracePeriodMs;
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

	/** Reports whether it was brought forward: a hurry. */
	get isHurried(): boolean {
		return this.#isHurried;
	}

	bringForward(): void {
		if (this.#isHurried) return;
		this.#isHurried = true;
		this.#at = Math.min(this.#at, this.#clock.now());
		for (const lose of this.#races) lose();
	}

	/** Waits for `work`, but not past `ms` from now nor past a hurry. Resolves to whether the work was done. */
	race(work: Promise<unknown>, ms: number): Promise<boolean> {
		return new Promise((resolve) => {
			const end = (done: boolean): void => {
				cancel();
				this.#races.delete(lose);
				resolve(done);
			};
			const lose = (): void => end(false);
			const cancel = this.#clock.after(this.#isHurried ? 0 : Math.max(0, ms), lose);
			this.#races.add(lose);
			void work.then(() => end(true));
		});
	}
}
