/** So many that come too late may each acquire the next one as they begin to close. */
const DEEPEST = 100;

/** The closing of what was acquired when it was too late to wait for it. */
export class LateClosing {
	#depth = 0;

	/**
	 * Calls `begin`, unless too many of these are on the stack: each acquires one more as it begins, and would go on for ever.
	 * Returns false if it didn't.
	 */
	begin(begin: () => void): boolean {
		if (this.#depth >= DEEPEST) return false;
		this.#depth++;
		try {
			begin();
		} finally {
			this.#depth--;
		}
		return true;
	}
}
