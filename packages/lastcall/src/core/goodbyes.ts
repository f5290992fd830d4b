/** So few clients can all be told at once. */
const FEW = 10;
/** Of more, so many are told in each millisecond on average, unless there are too many for the time. */
const EACH_MS = 1;

/**
 * When to say goodbye to whom. Clients that are told in one instant come back in one instant, to whoever is left: so
 * many of them are told one after another, evenly but at random.
 */
export class Goodbyes {
	readonly #spreadMs: number;
	readonly #random: () => number;
	readonly #doors: Promise<unknown>[] = [];

	/**
	 * @param spreadMs the longest time between the first goodbye and the last
	 * @param random as `Math.random`
	 */
	constructor(spreadMs: number, random: () => number) {
		this.#spreadMs = spreadMs;
		this.#random = random;
	}

	/**
	 * Tells of a door that is being closed: a client that is told before would come back in through it. To be called in the
	 * turn in which the drain begins. Returns the same promise.
	 */
	behind<Closing extends Promise<unknown>>(door: Closing): Closing {
		this.#doors.push(door);
		return door;
	}

	/** Resolves when every door is closed. */
	async doorsClosed(): Promise<void> {
		// All drains begin in one turn, and each tells of its door in it.
		await undefined;
		await Promise.allSettled(this.#doors);
	}

	/** How long each of `count` clients still has, in milliseconds, in rising order. For few of them nothing. */
	delays(count: number): number[] {
		const overMs = count <= FEW ? 0 : Math.min(this.#spreadMs, count * EACH_MS);
		return Array.from({ length: count }, (_, i) => ((i + this.#random()) * overMs) / count);
	}

	/** How long a client that wants to come back should wait, in milliseconds: each another time. */
	comeBackMs(): number {
		return Math.round(500 + this.#random() * Math.max(1_000, this.#spreadMs));
	}
}
