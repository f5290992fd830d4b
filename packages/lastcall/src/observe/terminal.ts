/** A terminal that shows the log. */
export interface Terminal {
	/** The width in characters. */
	readonly columns: number;
	/** The height in lines. */
	readonly rows: number;
	/** True if it shows colors. */
	readonly hasColors: boolean;
	write(text: string): void;
	/**
	 * Calls `onWrite` before the program writes a text to this terminal, and `onExit` when the process exits, until the returned
	 * function is called.
	 */
	watch(onWrite: (text: string) => void, onExit: () => void): () => void;
}
