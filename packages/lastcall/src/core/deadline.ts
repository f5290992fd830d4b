import type { Clock } from "./clock.ts";

/** The instant at which a shutdown must be over. It can be moved to now, but never put off. */
export class Deadline {
	readonly #clock: Clock;
	/** What ends each race that is on. Not an `AbortSignal`: Node.js takes many listeners of one for a memory leak. */
	readonly #races = new Set<() => void>();
	readonly startedAt: number;
	/** The whole time, from the stop reason on. */
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

	/** True if the deadline was moved to now: a hard stop was asked for. */
	get isHurried(): boolean {
		return this.#isHurried;
	}

	/** Moves the deadline to now, and ends all races. */
	bringForward(): void {
		if (this.#isHurried) return;
		this.#isHurried = true;
		this.#at = Math.min(this.#at, this.#clock.now());
		for (const lose of this.#races) lose();
	}

	/** Waits for `work` for at most `ms`, and not past `bringForward`. Resolves to true if the work was done in time. */
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
