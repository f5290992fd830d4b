/** How many sessions a client has, and how many requests at the same time on each. */
export const SESSIONS = 8;
export const STREAMS = 8;

/** What became of a client's requests. */
export class Outcomes {
	answered = 0;
	/** Not processed, and the client knows it by HTTP/2's own means. Not whom a closed port refuses, which ends each lane. */
	refused = 0;
	/** Anything else, by what the client calls it. */
	readonly failed = new Map<string, number>();

	fail(what: string, count = 1): void {
		this.failed.set(what, (this.failed.get(what) ?? 0) + count);
	}
}

/** A client of many requests at the same time, which asks until nobody is there any more. */
export interface Http2Client {
	readonly name: string;
	readonly server: "http2" | "grpc";
	/**
	 * Resolves when it is about to ask.
	 * @param pauseMs how long each lane waits between two requests, on average: for clients that can wait
	 */
	start(port: number, pauseMs: number): Promise<{ readonly ended: Promise<Outcomes> }>;
}
