/** How the closing of one resource went. */
export interface CloserReport {
	/** The name of the resource, with the names of its groups before it: `orders/postgres`. */
	readonly name: string;
	/**
	 * - `closed`: it closed.
	 * - `failed`: it threw an error.
	 * - `left`: it had not ended at the deadline.
	 */
	readonly outcome: "closed" | "failed" | "left";
	/** How long it took, or was waited for, in milliseconds. */
	readonly durationMs: number;
	/** What it threw, if the outcome is `failed`. */
	readonly error?: unknown;
}
