import type { Clock } from "./clock.ts";
import type { CloserReport } from "./closer-report.ts";
import { ClosingOrder } from "./closing-order.ts";
import type { Deadline } from "./deadline.ts";
import type { InFlight } from "./drainable.ts";
import { LateClosing } from "./late-closing.ts";
import type { Resource } from "./resource.ts";
import { BegunClosers, type Closer, type CloserListener } from "./running-closers.ts";
import { type Path, StartOrder } from "./start-order.ts";
import { isStopped } from "./stopped-error.ts";

/** The event loop gets a turn after this many rounds of closers that end at once. */
const ROUNDS_IN_A_TURN = 100;

/** Closes `resource` without waiting for it. */
async function closeUnwatched(resource: Resource): Promise<void> {
	try {
		await resource.close();
	} catch {
		// The process is exiting: the error has nowhere to go.
	}
}

/** What was acquired. Each resource is closed once, in the reverse of the order in which they were started. */
export class Closers {
	readonly #clock: Clock;
	readonly #listener: CloserListener;
	readonly #order: StartOrder = new StartOrder();
	readonly #waiting: ClosingOrder<Closer> = new ClosingOrder();
	readonly #begun: BegunClosers;
	readonly #late: LateClosing = new LateClosing();
	#lastId = 0;
	/** Set when closing begins. */
	#deadline: Deadline | undefined;
	#whenChanged: (() => void)[] = [];

	constructor(clock: Clock, listener: CloserListener) {
		this.#clock = clock;
		this.#listener = listener;
		this.#begun = new BegunClosers(clock, listener, this.#waiting, () => this.#changed());
	}

	/** The number of resources that wait to be closed. */
	get size(): number {
		return this.#waiting.size;
	}

	/** Called when a group begins to start, within another. Returns its path, for what is acquired in it. */
	beginGroup(within: Path): Path {
		return this.#order.begin(within);
	}

	/** Called when the group has started: what begins from now on may need it. */
	endGroup(group: Path): void {
		this.#order.end(group);
		this.#waiting.groupEnded(group);
	}

	/**
	 * Adds what was acquired. After the deadline it is closed at once, without being waited for. Returns false if it is refused:
	 * late closers that each acquire another one as they begin could go on for ever.
	 */
	push(name: string, resource: Resource, within: Path = []): boolean {
		const path = this.#order.acquire(within);
		const deadline = this.#deadline;
		if (deadline?.leftMs === 0) {
			const closer = { id: ++this.#lastId, name, resource, path, toCome: 1 };
			const isBegun = this.#late.begin(() => this.#begun.begin(closer, deadline, true));
			if (this.#late.maybeEndless) this.#changed();
			return isBegun;
		}
		this.#waiting.add({ id: ++this.#lastId, name, resource, path, toCome: this.#waiting.chainFrom(path) });
		this.#changed();
		return true;
	}

	/** Closes what was acquired too late to be waited for. Returns false if it is refused, as `push` does. */
	closeLate(name: string, resource: Resource): boolean {
		return this.#late.begin(() => {
			new Promise((resolve) => resolve(resource.close())).catch((error: unknown) => {
				// If it acquires another resource, that is refused in turn, which is no failure of this one.
				if (!isStopped(error)) this.#listener.onFailure({ name, error });
			});
		});
	}

	/** Resolves when something more is acquired, or when a closer is no longer waited for. */
	nextChange(): Promise<void> {
		return new Promise((resolve) => this.#whenChanged.push(resolve));
	}

	/** Returns the closers that have begun and not ended. */
	inFlight(): InFlight[] {
		return this.#begun.inFlight();
	}

	/** Returns how each closer that has begun went, in the order in which they ended; those that have not ended come last. */
	results(): CloserReport[] {
		return this.#begun.results();
	}

	/**
	 * Closes everything and returns when all closers have ended or the time is up. What was started last is closed first, and
	 * what was started side by side is closed side by side.
	 *
	 * A closer that hangs is waited for as long as its share of the time lasts: the time left, divided by the length of the
	 * longest chain from it on. Then those after it begin. So none is skipped, and the time that the others did not need goes
	 * to those that hang, at the end. What is acquired meanwhile is closed too. What is acquired when this returns is not:
	 * ask `size` again. Closers that go on acquiring end with the deadline: see `push`.
	 */
	async closeAll(deadline: Deadline): Promise<void> {
		this.#deadline = deadline;
		for (let round = 1; ; round++) {
			// A closer may acquire something as it begins: look again after each.
			for (let next = this.#waiting.takeNext(); next !== undefined; next = this.#waiting.takeNext())
				this.#begun.begin(next, deadline);
			if (this.#begun.areOver) return;
			if (this.#late.maybeEndless) {
				if (this.#waiting.size === 0) return;
				this.#begun.endShares();
				continue;
			}
			// Closers that end at once would keep the event loop from turning, and no signal would be received.
			if (round % ROUNDS_IN_A_TURN === 0) {
				await this.#clock.turn();
				continue;
			}
			// What ends in the very turn in which the time is up has ended in time.
			const isTimeUp = deadline.leftMs === 0;
			const isChanged = await deadline.race(this.nextChange(), deadline.leftMs);
			if (!isTimeUp || isChanged) continue;
			if (this.#waiting.size === 0) return;
			// The clock may have rounded the end of a share to an instant after the deadline.
			this.#begun.endShares();
		}
	}

	/** Ends by force what has begun to close and not ended, where that is possible: the time is up. */
	cut(): void {
		this.#begun.cut();
	}

	/**
	 * Begins to close what would outlive the process, such as child processes. Called when the process exits early: what this
	 * turn does not finish is lost.
	 */
	abandon(): void {
		const outliving = this.#waiting.newestFirst().filter(({ resource }) => resource.cut !== undefined);
		for (const { resource } of outliving) void closeUnwatched(resource);
	}

	#changed(): void {
		for (const resolve of this.#whenChanged.splice(0)) resolve();
	}
}
