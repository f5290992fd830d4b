/** An item of a list. Only the list sets these. */
export interface Linked<Item> {
	/** The list that it is in. */
	list?: object | undefined;
	older?: Item | undefined;
	newer?: Item | undefined;
}

/** Those of an item that is in a list. In a list of one they are the item itself. */
interface Neighbours<Item> {
	readonly older: Item;
	readonly newer: Item;
}

interface Iteration<Item> {
	/** The item that was visited last, or the one before it, if that one was removed. `undefined` before the first. */
	at: Item | undefined;
}

/**
 * Items, oldest first. An item is in one list at most. As with a `Set`, what is added or removed during an iteration is, or is not,
 * visited by it.
 *
 * A `Set` or `Map` that a running service fills and empties costs several times as much, and keeps what was removed in memory: each time
 * its table is full of removed items, V8 makes a new one, to which the old one refers. Once one of them is in the old
 * generation, all that follow, and all that was in them, survive until the next full collection.
 */
export class LinkedList<Item extends Linked<Item>> implements Iterable<Item> {
	size = 0;
	/** They are in a ring: `newer` of the newest is the oldest. */
	#newest: Item | undefined;
	#iterations: Iteration<Item>[] | undefined;

	get oldest(): Item | undefined {
		return this.#newest?.newer;
	}

	get newest(): Item | undefined {
		return this.#newest;
	}

	has(item: Item): boolean {
		return item.list === this;
	}

	/** Adds an item that is in no list. Does nothing where it is in this one. */
	add(item: Item): void {
		if (item.list === this) return;
		const newest = this.#newest ?? item;
		const oldest = newest.newer ?? item;
		item.list = this;
		item.older = newest;
		item.newer = oldest;
		newest.newer = oldest.older = this.#newest = item;
		this.size++;
	}

	/** Returns true if it was in the list. */
	delete(item: Item): boolean {
		if (item.list !== this) return false;
		const { older, newer } = item as Neighbours<Item>;
		const before = item === this.oldest ? undefined : older;
		older.newer = newer;
		newer.older = older;
		if (item === this.#newest) this.#newest = before;
		this.size--;
		leave(item, before, this.#iterations);
		return true;
	}

	/** Puts `by`, which is in no list, in the place of `item`. An iteration that has visited the one does not visit the other. */
	replace(item: Item, by: Item): void {
		const { older, newer } = item as Neighbours<Item>;
		const isOnly = older === item;
		by.list = this;
		by.older = isOnly ? by : older;
		by.newer = isOnly ? by : newer;
		older.newer = newer.older = by;
		if (item === this.#newest) this.#newest = by;
		leave(item, by, this.#iterations);
	}

	*[Symbol.iterator](): Generator<Item, void, undefined> {
		const iteration: Iteration<Item> = { at: undefined };
		this.#iterations ??= [];
		this.#iterations.push(iteration);
		try {
			for (;;) {
				const { at } = iteration;
				const next = at === undefined ? this.oldest : at === this.#newest ? undefined : at.newer;
				if (next === undefined) return;
				iteration.at = next;
				yield next;
			}
		} finally {
			const others = this.#iterations.filter((one) => one !== iteration);
			this.#iterations = others.length > 0 ? others : undefined;
		}
	}
}

/** @param at where the iterations are that were at the item */
function leave<Item extends Linked<Item>>(
	item: Item,
	at: Item | undefined,
	iterations: Iteration<Item>[] | undefined,
): void {
	// What refers to an item that is in no list must not keep the later ones in memory.
	item.list = item.older = item.newer = undefined;
	if (iterations === undefined) return;
	for (const iteration of iterations) if (iteration.at === item) iteration.at = at;
}
