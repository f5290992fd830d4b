import { attempt } from "./attempt.ts";
import type { Drainable, DrainOptions } from "./drainable.ts";
import type { ServiceState } from "./service-state.ts";

/** The drains of all servers of a service, side by side, and its tasks. */
export class Drains {
	readonly #service: ServiceState;
	readonly #options: DrainOptions;
	/** Those that have not failed. What is left of one that has failed is cut at the hard stop. */
	readonly #parts: Set<Drainable>;
	readonly #draining = new Set<Drainable>();
	#underWay: Promise<unknown>;
	/** True if the event loop has had a turn since the last of them ended. */
	#isSettled = false;

	/** Begins all of them in this turn. */
	constructor(service: ServiceState, options: DrainOptions) {
		this.#service = service;
		this.#options = options;
		this.#parts = new Set(service.drainables);
		this.#underWay = Promise.all([...this.#parts].map((part) => this.#begin(part)));
	}

	/**
	 * True if everything has ended, and nothing has begun in the turn of the event loop after that. It holds only for the
	 * current turn: ask again after each `await`.
	 */
	get areOver(): boolean {
		return this.#isSettled && this.#isIdle && this.#inFlightAgain().length === 0;
	}

	/** Resolves when the drains may be over, or when the reserve for closing has changed. */
	progress(): Promise<unknown> {
		if (this.#isSettled) this.#drainAgain();
		return Promise.race([
			Promise.all([this.#underWay, this.#service.tasks.drain()]),
			this.#service.closers.nextChange(),
		]);
	}

	/**
	 * Gives the event loop a turn if everything has ended. Call it after `progress`. A library may write its response some
	 * awaits after the last unit of work has ended: it still needs the resources, and may begin more work.
	 */
	async settle(): Promise<void> {
		if (!this.#isIdle) return;
		await this.#service.clock.turn();
		this.#isSettled = true;
	}

	/** Undoes what the drains did to the program's servers. Nothing is drained after this. */
	release(): void {
		const { drainables, addFailure } = this.#service;
		for (const part of drainables) attempt(part.name, addFailure, () => part.release?.());
	}

	get #isIdle(): boolean {
		return this.#draining.size === 0 && this.#service.tasks.isEmpty;
	}

	#inFlightAgain(): Drainable[] {
		return [...this.#parts].filter((part) => part.inFlight().length > 0);
	}

	#drainAgain(): void {
		this.#isSettled = false;
		this.#underWay = Promise.all(this.#inFlightAgain().map((part) => this.#beginAgain(part)));
	}

	async #beginAgain(part: Drainable): Promise<void> {
		let hasWaited = false;
		void this.#service.clock.turn().then(() => {
			hasWaited = true;
		});
		await this.#begin(part, true);
		// It does not wait for what it reports as in flight. Draining it again and again would keep the loop busy to the deadline.
		if (!hasWaited && part.inFlight().length > 0) this.#parts.delete(part);
	}

	async #begin(part: Drainable, isAgain = false): Promise<void> {
		const { clock, unnamedDrainables } = this.#service;
		const startedAt = clock.now();
		this.#draining.add(part);
		try {
			await part.drain(this.#options);
			if (isAgain || this.#service.hardStopped !== undefined || unnamedDrainables.includes(part)) return;
			this.#service.emit({ type: "drained", name: part.name, durationMs: clock.now() - startedAt });
		} catch (error) {
			this.#parts.delete(part);
			this.#service.addFailure({ name: part.name, error });
		} finally {
			this.#draining.delete(part);
		}
	}
}
