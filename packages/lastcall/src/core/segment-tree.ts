/**
 * A list with the sum of its items. A change costs one addition for each time that the list can be halved. The sum of two items
 * must not depend on their order.
 */
export class SegmentTree<Item> {
	readonly #add: (one: Item, other: Item) => Item;
	/** The items, then the sums of two of them each, then the sums of two of those each, …: the last row has one. */
	readonly #rows: Item[][] = [[]];

	constructor(add: (one: Item, other: Item) => Item) {
		this.#add = add;
	}

	get length(): number {
		return this.#rows[0]?.length ?? 0;
	}

	/** The sum of all items, or `undefined` if there is none. */
	get sum(): Item | undefined {
		return this.#rows.at(-1)?.[0];
	}

	/** Sets an item, or adds one at `length`. */
	set(at: number, item: Item): void {
		let [place, sum] = [at, item];
		for (let height = 0; ; height++) {
			const row = this.#rows[height] ?? [];
			this.#rows[height] = row;
			row[place] = sum;
			if (row.length === 1) return;
			const beside = row[place ^ 1];
			if (beside !== undefined) sum = this.#add(sum, beside);
			place >>= 1;
		}
	}

	/**
	 * Returns the greatest value of the items that qualify, or 0 if there is none. The value of a sum must be at least the value of
	 * each of its items, and a sum must qualify if one of its items does. Where it does not, its items are not looked at.
	 */
	greatest(toValue: (item: Item) => number, qualifies: (item: Item) => boolean): number {
		const valueAt = (height: number, place: number): number => {
			const item = this.#rows[height]?.[place];
			return item === undefined || !qualifies(item) ? 0 : toValue(item);
		};
		const search = (height: number, place: number, value: number, found: number): number => {
			if (value <= found || height === 0) return Math.max(value, found);
			const below = height - 1;
			const [left, right] = [valueAt(below, place * 2), valueAt(below, place * 2 + 1)];
			// What is found in the greater half may be greater than all of the other half.
			if (left > right) return search(below, place * 2 + 1, right, search(below, place * 2, left, found));
			return search(below, place * 2, left, search(below, place * 2 + 1, right, found));
		};
		const top = this.#rows.length - 1;
		return search(top, 0, valueAt(top, 0), 0);
	}
}
