/** How connections end. `by-server`: the server sent a FIN; `by-client`: the client was first; `reset`: an error. */
export const CONNECTION_ENDS = ["by-server", "by-client", "reset"] as const;

/** How a connection ended. */
export interface ConnectionEnd {
	readonly connection: number;
	/** `by-server`: a FIN, or a WebSocket's close frame; `by-client`: the client was first; `reset`: an error. */
	readonly how: (typeof CONNECTION_ENDS)[number];
	/** The error's code. */
	readonly error?: string;
	/** The status of a response, complete or not, that no request had asked for, such as 408. */
	readonly unaskedStatus?: number;
	/** When the connection was asked for, `performance.now()`. */
	readonly askedAtMs: number;
	/** `performance.now()`. */
	readonly openedAtMs: number;
	/** `performance.now()`. */
	readonly atMs: number;
}

/** What is known of a connection that has ended. */
interface Ended extends Pick<ConnectionEnd, "connection" | "askedAtMs" | "openedAtMs"> {
	/** How it ended, if there is no error. */
	readonly how: "by-server" | "by-client";
	readonly error?: string | undefined;
	readonly unaskedStatus?: number | undefined;
}

/** Returns the end of a connection that ends now. */
export function connectionEnd(ended: Ended): ConnectionEnd {
	const { connection, askedAtMs, openedAtMs, how, error, unaskedStatus } = ended;
	return {
		connection,
		...(error === undefined ? { how } : { how: "reset", error }),
		...(unaskedStatus === undefined ? undefined : { unaskedStatus }),
		askedAtMs,
		openedAtMs,
		atMs: performance.now(),
	};
}
