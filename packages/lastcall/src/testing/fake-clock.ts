import type { Clock } from "../core/clock.ts";

interface Timer {
	readonly at: number;
	readonly keepsAlive: boolean;
	readonly callback: () => void;
}

/**
 * A clock that a test moves. Nothing is due before `advance()`, not even a timer of 0 ms.
 *
 * `startService` has one as `clock`.
 * @example
 * ```ts
 * import { startService } from "lastcall/testing";
 *
 * const { service, clock } = await startService((service) => {
 * 	service.every("clean up", 60_000, () => deleteExpiredSessions());
 * });
 * await clock.advance(60_000);
 * ```
 */
export class FakeClock implements Clock {
	/** In the order in which they were set. Timers that are due in one instant run in this order. */
	readonly #timers = new Set<Timer>();
	/** Not 0, so that a test fails if an instant is taken for a duration. */
	#now = 1_000;
	/** The number of turns of the event loop that are being waited for. */
	#turns = 0;

	/**
	 * Returns the time of the clock, in milliseconds.
	 * @example
	 * ```ts
	 * const startedAt = clock.now();
	 * ```
	 */
	now(): number {
		return this.#now;
	}

	/**
	 * Calls `callback` once, when the clock has been moved by `ms`. Returns a function that cancels it.
	 * @example
	 * ```ts
	 * const cancel = clock.after(5_000, () => void test.service.stop());
	 * ```
	 */
	after(ms: number, callback: () => void): () => void {
		return this.#after(ms, callback, true);
	}

	/**
	 * Calls `callback` once, when the clock has been moved by `ms`; a real process could end before. Returns a function that cancels it.
	 * @example
	 * ```ts
	 * const cancel = clock.afterUnref(5_000, () => console.log("still running"));
	 * ```
	 */
	afterUnref(ms: number, callback: () => void): () => void {
		return this.#after(ms, callback, false);
	}

	#after(ms: number, callback: () => void, keepsAlive: boolean): () => void {
		// Some time must pass: a fraction may be too small to change the sum.
		const least = ms > 0 ? this.#now * (1 + Number.EPSILON) : this.#now;
		const timer = { at: Math.max(this.#now + ms, least), callback, keepsAlive };
		this.#timers.add(timer);
		return () => void this.#timers.delete(timer);
	}

	/** The number of timers that are set and would keep a real process alive. */
	get timers(): number {
		return [...this.#timers].filter(({ keepsAlive }) => keepsAlive).length;
	}

	/**
	 * Resolves after a real turn of the event loop. The clock does not move.
	 * @example
	 * ```ts
	 * await clock.turn();
	 * ```
	 */
	async turn(): Promise<void> {
		this.#turns++;
		// The first one may still belong to the current turn.
		await settled();
		await settled();
		this.#turns--;
	}

	/**
	 * Resolves when the clock has been moved by `ms`.
	 * @example
	 * ```ts
	 * test.service.task("slow", () => clock.wait(5_000));
	 * ```
	 */
	wait(ms: number): Promise<void> {
		return new Promise((resolve) => void this.after(ms, resolve));
	}

	/**
	 * Moves the clock by `ms`, and runs the timers that are due on the way, in order.
	 *
	 * After each timer, promises settle and turns of the event loop that are waited for go by, as after a real timer.
	 * @example
	 * ```ts
	 * test.sendSignal("SIGTERM");
	 * await clock.advance(10_000); // the whole grace period
	 * const { left } = await test.closed;
	 * ```
	 */
	async advance(ms: number): Promise<void> {
		const end = this.#now + ms;
		await this.#settled();
		for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
			this.#timers.delete(timer);
			this.#now = Math.max(this.#now, timer.at);
			timer.callback();
			await this.#settled();
		}
		this.#now = end;
	}

	async #settled(): Promise<void> {
		await settled();
		while (this.#turns > 0) await settled();
	}

	#next(end: number): Timer | undefined {
		let next: Timer | undefined;
		for (const timer of this.#timers) if (timer.at <= end && timer.at < (next?.at ?? Infinity)) next = timer;
		return next;
	}
}

/** Resolves when no promise has anything left to do: the microtask queue is emptied before the next phase of the event loop. */
export function settled(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}
