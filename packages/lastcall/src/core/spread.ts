/** Up to this many clients are notified at once. */
const FEW = 10;
/** Of more, one in this many milliseconds on average, or more if the spread is too short. */
const EACH_MS = 1;

/**
 * Spreads over time what makes clients reconnect: close frames, GOAWAY, the end of event streams. Clients that are notified in
 * one instant reconnect in one instant, to the instances that are left. So a crowd of clients is notified one after another,
 * evenly but at random, and no client before the listeners are closed, or it would reconnect to one of them.
 */
export class Spread {
	readonly #spreadMs: number;
	readonly #random: () => number;
	readonly #listeners: Promise<unknown>[] = [];
	readonly #siblingsClosed: Promise<void> | undefined;

	/**
	 * @param spreadMs the longest time between the first notification and the last
	 * @param random as `Math.random`
	 * @param closeSiblings gets a promise that resolves when the listeners of this process are closed, and returns one that
	 * resolves when those of other processes are, too; or nothing where there are no others
	 */
	constructor(
		spreadMs: number,
		random: () => number,
		closeSiblings: (closed: Promise<unknown>) => Promise<void> | undefined = () => undefined,
	) {
		this.#spreadMs = spreadMs;
		this.#random = random;
		this.#siblingsClosed = closeSiblings(Promise.resolve().then(() => Promise.allSettled(this.#listeners)));
	}

	/**
	 * Adds a listener that is being closed. To be called in the turn in which the drain begins.
	 * @param closed resolves when the listener is closed
	 * @returns a promise that resolves when the listener is closed, and those of other processes are, too
	 */
	trackListener(closed: Promise<unknown>): Promise<unknown> {
		this.#listeners.push(closed);
		return this.#siblingsClosed === undefined ? closed : Promise.all([closed, this.#siblingsClosed]);
	}

	/** Resolves when every listener is closed. */
	async listenersClosed(): Promise<void> {
		// All drains begin in one turn, and each adds its listener in it.
		await undefined;
		await Promise.allSettled([...this.#listeners, this.#siblingsClosed]);
	}

	/** How long to wait before each of `count` clients is notified, in milliseconds, in rising order. 0 for a few clients. */
	delays(count: number): number[] {
		const overMs = count <= FEW ? 0 : Math.min(this.#spreadMs, count * EACH_MS);
		return Array.from({ length: count }, (_, i) => ((i + this.#random()) * overMs) / count);
	}

	/** How long a client should wait before it reconnects, in milliseconds: another time at each call. */
	reconnectDelayMs(): number {
		return Math.round(500 + this.#random() * Math.max(1_000, this.#spreadMs));
	}
}
