import type { Clock } from "../core/clock.ts";

interface Timer {
	readonly at: number;
	readonly callback: () => void;
}

/** A clock that a test moves. Nothing is due before `advance()`, not even what was asked for in 0 ms. */
export class FakeClock implements Clock {
	/** In the order in which they were set, which is the order of those due in one instant. */
	readonly #timers = new Set<Timer>();
	/** Not 0, so that an instant that is taken for a duration shows. */
	#now = 1_000;
	/** How many turns of the event loop are being waited for. */
	#turns = 0;

	now(): number {
		return this.#now;
	}

	after(ms: number, callback: () => void): () => void {
		// Time passes, however little: what is left of a fraction may be too small to be added.
		const least = ms > 0 ? this.#now * (1 + Number.EPSILON) : this.#now;
		const timer = { at: Math.max(this.#now + ms, least), callback };
		this.#timers.add(timer);
		return () => void this.#timers.delete(timer);
	}

	/** How many timers are set: each would keep a real program alive. */
	get timers(): number {
		return this.#timers.size;
	}

	/** A real turn of the event loop, in which this clock stands still. */
	async turn(): Promise<void> {
		this.#turns++;
		// The first may still belong to the turn that is under way.
		await settled();
		await settled();
		this.#turns--;
	}

	/** Resolves when the clock has been moved by `ms`. */
	wait(ms: number): Promise<void> {
		return new Promise((resolve) => void this.after(ms, resolve));
	}

	/**
	 * Moves on by `ms` and runs what is due on the way, in order. After each timer promises settle and turns of the event loop
	 * that are waited for go by, as after a real timer.
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

/** Resolves when no promise has anything left to do: the microtask queue is emptied before the next phase of the loop. */
export function settled(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}
