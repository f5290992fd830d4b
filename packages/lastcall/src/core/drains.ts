import { attempt } from "./attempt.ts";
import type { Drainable, DrainOptions } from "./drainable.ts";
import type { ServiceState } from "./service-state.ts";

/** The drains of all servers and sets of a service, side by side, and the tasks that are in flight beside them. */
export class Drains {
	readonly #service: ServiceState;
	readonly #how: DrainOptions;
	/** Those that have not failed: what is left of one that has is the hard stop's. */
	readonly #parts: Set<Drainable>;
	readonly #draining = new Set<Drainable>();
	#underWay: Promise<unknown>;
	/** Whether the event loop has had a turn since the last of them ended. */
	#isSettled = false;

	/** Begins all of them in this turn. */
	constructor(service: ServiceState, how: DrainOptions) {
		this.#service = service;
		this.#how = how;
		this.#parts = new Set([...service.servers, ...service.sets]);
		this.#underWay = Promise.all([...this.#parts].map((part) => this.#begin(part)));
	}

	/**
	 * Returns true if everything has ended and nothing has begun in the turn of the event loop after that. It is true only in
	 * the turn in which it is asked: ask again after each `await`.
	 */
	get areOver(): boolean {
		return this.#isSettled && this.#isIdle && this.#inFlightAgain().length === 0;
	}

	/** Resolves when the drains may be over, or the reserve for closing has changed. */
	progress(): Promise<unknown> {
		if (this.#isSettled) this.#drainAgain();
		return Promise.race([
			Promise.all([this.#underWay, this.#service.tasks.drain()]),
			this.#service.closers.nextChange(),
		]);
	}

	/**
	 * To be called after `progress`. Where everything has ended, gives the event loop a turn: what a library writes some
	 * awaits after the last unit of work has ended still needs the resources, and may begin more.
	 */
	async settle(): Promise<void> {
		if (!this.#isIdle) return;
		await this.#service.clock.turn();
		this.#isSettled = true;
	}

	/** Gives the servers back what was taken of them: nothing more is drained. */
	release(): void {
		const { servers, sets, failed } = this.#service;
		for (const part of [...servers, ...sets]) attempt(part.name, failed, () => part.release?.());
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
		// It does not wait for what it says is in flight: asked again and again, it would keep the loop busy to the deadline.
		if (!hasWaited && part.inFlight().length > 0) this.#parts.delete(part);
	}

	async #begin(part: Drainable, isAgain = false): Promise<void> {
		const { clock, sets } = this.#service;
		const startedAt = clock.now();
		this.#draining.add(part);
		try {
			await part.drain(this.#how);
			if (isAgain || this.#service.hardStopped !== undefined || sets.includes(part)) return;
			this.#service.tell({ type: "drained", name: part.name, durationMs: clock.now() - startedAt });
		} catch (error) {
			this.#parts.delete(part);
			this.#service.failed({ name: part.name, error });
		} finally {
			this.#draining.delete(part);
		}
	}
}
