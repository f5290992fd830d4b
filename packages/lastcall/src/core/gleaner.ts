/** So many of the others are looked at for each that is added: those that are over go faster than others come. */
const LOOKS = 2;

/**
 * Forgets what is over in a `Set` or `Map` that nobody clears: a little each time that something is added to it, so that it
 * needs no timer, and costs the same however many there are.
 */
export class Gleaner<Item> {
	readonly #items: Iterable<Item>;
	readonly #forgetIfOver: (item: Item) => void;
	#rest: Iterator<Item> | undefined;

	/** @param forgetIfOver deletes the item if it is over */
	constructor(items: Iterable<Item>, forgetIfOver: (item: Item) => void) {
		this.#items = items;
		this.#forgetIfOver = forgetIfOver;
	}

	/** To be called whenever something is added. */
	glean(): void {
		for (let looks = 0; looks < LOOKS; looks++) {
			// It goes on where it was, past whatever was deleted.
			this.#rest ??= this.#items[Symbol.iterator]();
			const { done, value } = this.#rest.next();
			if (done) this.#rest = undefined;
			else this.#forgetIfOver(value);
		}
	}

	/** Looks at all of them. */
	gleanAll(): void {
		for (const item of this.#items) this.#forgetIfOver(item);
	}
}
