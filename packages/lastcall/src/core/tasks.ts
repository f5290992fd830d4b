import type { Clock } from "./clock.ts";
import type { Drainable, InFlight } from "./drainable.ts";

interface Unit {
	readonly name: string;
	readonly what: string;
	readonly startedAt: number;
}

/** The program's own work, in flight until it is done; drained when none is left (tokio's TaskTracker: closed *and* empty). */
export class Tasks implements Drainable {
	readonly name = "tasks";
	readonly #clock: Clock;
	readonly #running = new Set<Unit>();
	#whenEmpty: (() => void)[] = [];

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** Counts a unit of work as in flight until the returned function is called; a second call does nothing. */
	enter(name: string, what: string): () => void {
		const unit: Unit = { name, what, startedAt: this.#clock.now() };
		this.#running.add(unit);
		return () => {
			this.#running.delete(unit);
			if (this.isEmpty) for (const resolve of this.#whenEmpty.splice(0)) resolve();
		};
	}

	/** Runs `work` in this turn and resolves when it has ended, whichever way; `failed` hears its error. */
	async run(name: string, what: string, work: () => unknown, failed: (error: unknown) => void): Promise<void> {
		const done = this.enter(name, what);
		try {
			await work();
		} catch (error) {
			done();
			failed(error);
			return;
		}
		done();
	}

	inFlight(): InFlight[] {
		const now = this.#clock.now();
		return [...this.#running].map(({ name, what, startedAt }) => ({ name, what, ageMs: now - startedAt }));
	}

	/** Reports whether none is running. */
	get isEmpty(): boolean {
		return this.#running.size === 0;
	}

	/** Resolves when none is running. One that begins right then isn't waited for: ask `isEmpty` again. */
	drain(): Promise<void> {
		if (this.isEmpty) return Promise.resolve();
		return new Promise((resolve) => this.#whenEmpty.push(resolve));
	}

	/** JavaScript can't stop a promise: what was left has `service.hardStopSignal` to hear of it. */
	cut(): void {}
}
