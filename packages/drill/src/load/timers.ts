/** Timers that can be ended together. */
export class Timers {
	readonly #timers = new Set<NodeJS.Timeout>();

	/** Calls `action` later, unless `clear` comes first. */
	add(delayMs: number, action: () => void): void {
		const timer = setTimeout(() => {
			this.#timers.delete(timer);
			action();
		}, delayMs);
		this.#timers.add(timer);
	}

	/** Ends all. */
	clear(): void {
		for (const timer of this.#timers) clearTimeout(timer);
	}
}
