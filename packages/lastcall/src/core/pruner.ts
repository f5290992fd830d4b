/** How many of the other items are looked at for each one that is added. More than one: items go faster than they come. */
const LOOKS_PER_INSERT = 2;

/**
 * Removes items that are over from a `Set` or a linked list: a few at each insertion. So the collection needs no timer, and an
 * insertion costs the same whatever the size of the collection.
 */
export class Pruner<Item> {
	readonly #items: Iterable<Item> & { readonly size: number };
	readonly #removeIfOver: (item: Item) => void;
	#rest: Iterator<Item> | undefined;

	/** @param removeIfOver removes the item from the collection if it is over */
	constructor(items: Iterable<Item> & { readonly size: number }, removeIfOver: (item: Item) => void) {
		this.#items = items;
		this.#removeIfOver = removeIfOver;
	}

	/** Looks at the next few items. Call it at each insertion. */
	pruneSome(): void {
		for (let looks = 0; looks < LOOKS_PER_INSERT; looks++) {
			// An iterator of a `Set` or linked list continues past items that were deleted meanwhile.
			this.#rest ??= this.#items[Symbol.iterator]();
			const { done, value } = this.#rest.next();
			if (done) this.#rest = undefined;
			else this.#removeIfOver(value);
		}
	}

	/** Returns true if there is an item that is not over. Looks at no more than it has to. */
	hasAny(): boolean {
		for (const item of this.#items) {
			const { size } = this.#items;
			this.#removeIfOver(item);
			if (this.#items.size === size) return true;
		}
		return false;
	}

	/** Looks at all items. */
	pruneAll(): void {
		for (const item of this.#items) this.#removeIfOver(item);
	}
}
