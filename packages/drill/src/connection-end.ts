/** The ways in which a connection ends. `by-server`: FIN; `by-client`: this side was first; `reset`: an error. */
export const CONNECTION_ENDS = ["by-server", "by-client", "reset"] as const;

/** How a connection ended. */
export interface ConnectionEnd {
	readonly connection: number;
	readonly how: (typeof CONNECTION_ENDS)[number];
	/** The error's code. */
	readonly error?: string;
	/** The status of an answer, whole or not, that nobody had asked for, such as 408. */
	readonly unaskedStatus?: number;
	/** `performance.now()`. */
	readonly openedAtMs: number;
	/** `performance.now()`. */
	readonly atMs: number;
}
