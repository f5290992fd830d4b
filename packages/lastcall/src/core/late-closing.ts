/** The most closings that may be nested: each of them acquires the next resource as it begins. */
const MOST_NESTED = 100;
/** After this many closings the rest of the shutdown no longer waits for a turn of the event loop. */
const MANY = 100;

/** Closes what was acquired when it was too late to wait for it. */
export class LateClosing {
	#nested = 0;
	#begun = 0;

	/**
	 * True if the closings may go on for ever: each of them may acquire the next one in a microtask, and while microtasks go on, no
	 * timer fires.
	 */
	get maybeEndless(): boolean {
		return this.#begun >= MANY;
	}

	/**
	 * Calls `begin` and returns true. Returns false instead if too many of these calls are on the stack: resources whose closing
	 * acquires another one would go on for ever.
	 */
	begin(begin: () => void): boolean {
		if (this.#nested >= MOST_NESTED) return false;
		this.#begun++;
		this.#nested++;
		try {
			begin();
		} finally {
			this.#nested--;
		}
		return true;
	}
}
