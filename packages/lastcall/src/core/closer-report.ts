/** How the closing of one resource went. `left`: it had not ended when the time was over. */
export interface CloserReport {
	/** The name it was registered under, after those of the groups that it is in: `orders/postgres`. */
	readonly name: string;
	readonly outcome: "closed" | "failed" | "left";
	/** Milliseconds it took, or was waited for. */
	readonly durationMs: number;
	/** What it threw, where the outcome is `failed`. */
	readonly error?: unknown;
}
