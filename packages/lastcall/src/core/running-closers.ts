import { attempt } from "./attempt.ts";
import type { Clock } from "./clock.ts";
import type { CloserReport } from "./closer-report.ts";
import type { ClosingOrder, Ordered } from "./closing-order.ts";
import type { Deadline } from "./deadline.ts";
import type { InFlight } from "./drainable.ts";
import type { ServiceEvent } from "./events.ts";
import type { Resource } from "./resource.ts";
import type { Path } from "./start-order.ts";
import type { Failure } from "./stop-reason.ts";

/** A resource with its name and its place in the closing order. */
export interface Closer extends Ordered {
	readonly name: string;
	readonly resource: Resource;
}

/** Gets what happens to closers. */
export interface CloserListener {
	/** A closer has begun, or has ended. */
	emit(event: ServiceEvent): void;
	/** A closer has failed. */
	onFailure(failure: Failure): void;
}

interface Closing {
	readonly id: number;
	readonly name: string;
	readonly path: Path;
	readonly resource: Resource;
	readonly startedAt: number;
	/** True if its share of the time is used up: later closers no longer wait for it. */
	hasHadShare: boolean;
	/** True if it was acquired after the deadline: nothing waits for it. */
	readonly isLate: boolean;
}

/** The closers that have begun: those that are running, and how the others ended. */
export class BegunClosers {
	readonly #clock: Clock;
	readonly #listener: CloserListener;
	readonly #order: ClosingOrder<Closer>;
	readonly #onChange: () => void;
	/** In the order in which they began. */
	readonly #running: Set<Closing> = new Set();
	/** In the order in which they ended. */
	readonly #ended: CloserReport[] = [];

	/**
	 * @param order learns which closers are no longer waited for
	 * @param onChange called when a closer has ended, or has used up its share of the time
	 */
	constructor(clock: Clock, listener: CloserListener, order: ClosingOrder<Closer>, onChange: () => void) {
		this.#clock = clock;
		this.#listener = listener;
		this.#order = order;
		this.#onChange = onChange;
	}

	/** True if nothing that is running has to be waited for. */
	get areOver(): boolean {
		for (const { isLate } of this.#running) if (!isLate) return false;
		return true;
	}

	/** Begins a closer. It is waited for as long as its share of the time lasts: the time left / the closers to come. */
	begin({ id, name, resource, path, toCome }: Closer, deadline: Deadline, isLate = false): void {
		this.#listener.emit({ type: "resource-closing", id, name });
		const shareMs = deadline.leftMs / toCome;
		// A synchronous throw becomes a rejection, and a synchronous closer has run when this returns.
		const closed = new Promise<unknown>((resolve) => resolve(resource.close()));
		const startedAt = this.#clock.now();
		const closing: Closing = { id, name, resource, path, startedAt, hasHadShare: isLate, isLate };
		this.#running.add(closing);
		const ended = closed.then(
			() => this.#end(closing, this.#reportOn(closing, "closed")),
			(error: unknown) => {
				this.#end(closing, { ...this.#reportOn(closing, "failed"), error });
				this.#listener.onFailure({ name, error });
			},
		);
		if (isLate) return;
		void deadline.race(ended, shareMs).then(() => {
			this.#endShare(closing);
			this.#onChange();
		});
	}

	/** Ends the shares of all that are running. */
	endShares(): void {
		for (const closing of this.#running) this.#endShare(closing);
	}

	/** Ends by force what is running and can be ended so: the time is over. */
	cut(): void {
		for (const { name, resource } of this.#running) {
			attempt(
				name,
				(failure) => this.#listener.onFailure(failure),
				() => resource.cut?.(),
			);
		}
	}

	/** Returns those that are running. */
	inFlight(): InFlight[] {
		const now = this.#clock.now();
		return [...this.#running].map(({ name, startedAt }) => ({ name, what: "closing", ageMs: now - startedAt }));
	}

	/** Returns how each of them went, in the order in which they ended; then those that are running, as `left`. */
	results(): CloserReport[] {
		return [...this.#ended, ...[...this.#running].map((closing) => this.#reportOn(closing, "left"))];
	}

	#endShare(closing: Closing): void {
		if (closing.hasHadShare) return;
		closing.hasHadShare = true;
		this.#order.release(closing.path);
	}

	#end(closing: Closing, result: CloserReport): void {
		this.#running.delete(closing);
		this.#endShare(closing);
		this.#ended.push(result);
		this.#listener.emit({ type: "resource-closed", id: closing.id, result });
		if (!closing.isLate) this.#onChange();
	}

	#reportOn({ name, startedAt }: Closing, outcome: CloserReport["outcome"]): CloserReport {
		return { name, outcome, durationMs: this.#clock.now() - startedAt };
	}
}
