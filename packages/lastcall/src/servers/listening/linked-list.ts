/** What a list needs of its items. */
export interface Linked<Item> {
	older?: Item | undefined;
	newer?: Item | undefined;
	isRemoved?: boolean;
}

/**
 * Items, oldest first. To remove any of them costs the same, however many there are. A `Map` that is filled and emptied again costs a
 * running service several times as much.
 */
export class LinkedList<Item extends Linked<Item>> implements Iterable<Item> {
	size = 0;
	#oldest: Item | undefined;
	#newest: Item | undefined;

	/** The item that was added last, of those that are in the list. */
	protected get last(): Item | undefined {
		return this.#newest;
	}

	protected append(item: Item): void {
		const older = this.#newest;
		item.older = older;
		if (older === undefined) this.#oldest = item;
		else older.newer = item;
		this.#newest = item;
		this.size++;
	}

	/** Returns true if it was in the list. */
	protected unlink(item: Item): boolean {
		if (item.isRemoved) return false;
		item.isRemoved = true;
		const { older, newer } = item;
		if (older === undefined) this.#oldest = newer;
		else older.newer = newer;
		if (newer === undefined) this.#newest = older;
		else newer.older = older;
		// A reference to this one must not keep the later ones in memory.
		item.older = item.newer = undefined;
		this.size--;
		return true;
	}

	*[Symbol.iterator](): Iterator<Item> {
		for (let item = this.#oldest; item !== undefined; ) {
			// The caller may remove the item meanwhile.
			const { newer } = item;
			yield item;
			item = newer;
		}
	}
}
