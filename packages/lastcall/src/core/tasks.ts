import { nameFrame } from "./awaited-stop.ts";
import type { Clock } from "./clock.ts";
import type { Drainable, InFlight } from "./drainable.ts";
import { type Linked, LinkedList } from "./linked-list.ts";

interface Unit extends Linked<Unit> {
	readonly name: string;
	readonly what: string;
	readonly startedAt: number;
}

/** The program's own work. It is drained when none is left, as tokio's `TaskTracker` is: closed *and* empty. */
export class Tasks implements Drainable {
	readonly name = "tasks";
	readonly #clock: Clock;
	readonly #running = new LinkedList<Unit>();
	#whenEmpty: (() => void)[] = [];

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** Counts a unit of work as in flight until the returned function is called. A second call does nothing. */
	enter(name: string, what: string): () => void {
		const startedAt = this.#clock.now();
		const unit: Unit = { name, what, startedAt, list: undefined, older: undefined, newer: undefined };
		this.#running.add(unit);
		return () => {
			this.#running.delete(unit);
			if (this.isEmpty) for (const resolve of this.#whenEmpty.splice(0)) resolve();
		};
	}

	/** Runs `work` in this turn, and resolves when it has ended, with or without an error. `onError` gets the error. */
	run(name: string, what: string, work: () => unknown, onError: (error: unknown) => void): Promise<void> {
		const done = this.enter(name, what);
		const frame = nameFrame(this, name === "main" ? name : `${what} "${name}"`);
		const { [frame]: run } = {
			async [frame](): Promise<void> {
				try {
					await work();
				} catch (error) {
					done();
					onError(error);
					return;
				}
				done();
			},
		};
		return run?.() as Promise<void>;
	}

	inFlight(): InFlight[] {
		const now = this.#clock.now();
		return [...this.#running].map(({ name, what, startedAt }) => ({ name, what, ageMs: now - startedAt }));
	}

	/** True if no work is in flight. */
	get isEmpty(): boolean {
		return this.#running.size === 0;
	}

	/** Resolves when no work is in flight. Work that begins right then is not waited for: ask `isEmpty` again. */
	drain(): Promise<void> {
		if (this.isEmpty) return Promise.resolve();
		return new Promise((resolve) => this.#whenEmpty.push(resolve));
	}

	/** JavaScript cannot stop a promise. Work that can be given up listens to `service.hardStopSignal`. */
	cut(): void {}
}
