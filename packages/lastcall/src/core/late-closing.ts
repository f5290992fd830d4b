/** The most closings that may be nested: each of them acquires the next resource as it begins. */
const MOST_NESTED = 100;

/** Closes what was acquired when it was too late to wait for it. */
export class LateClosing {
	#nested = 0;

	/**
	 * Calls `begin` and returns true. Returns false instead if too many of these calls are on the stack: resources whose closing
	 * acquires another one would go on for ever.
	 */
	begin(begin: () => void): boolean {
		if (this.#nested >= MOST_NESTED) return false;
		this.#nested++;
		try {
			begin();
		} finally {
			this.#nested--;
		}
		return true;
	}
}
