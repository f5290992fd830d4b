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
	readonly #elsewhere: Promise<void> | undefined;

	/**
	 * @param spreadMs the longest time between the first goodbye and the last
	 * @param random as `Math.random`
	 * @param elsewhere given the end of closing the listeners here, resolves when those of other processes are closed, too;
	 * or nothing where there are no others
	 */
	constructor(
		spreadMs: number,
		random: () => number,
		elsewhere: (closed: Promise<unknown>) => Promise<void> | undefined = () => undefined,
	) {
		this.#spreadMs = spreadMs;
		this.#random = random;
		this.#elsewhere = elsewhere(Promise.resolve().then(() => Promise.allSettled(this.#doors)));
	}

	/**
	 * Tells of a door that is being closed: a client that is told before would come back in through it. To be called in the
	 * turn in which the drain begins. Resolves when it is closed, and so are those of other processes.
	 */
	behind(door: Promise<unknown>): Promise<unknown> {
		this.#doors.push(door);
		return this.#elsewhere === undefined ? door : Promise.all([door, this.#elsewhere]);
	}

	/** Resolves when every door is closed. */
	async doorsClosed(): Promise<void> {
		// All drains begin in one turn, and each tells of its door in it.
		await undefined;
		await Promise.allSettled([...this.#doors, this.#elsewhere]);
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
