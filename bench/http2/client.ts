/** How many sessions a client has, and how many requests at the same time on each. */
export const SESSIONS = 8;
export const STREAMS = 8;

/** What became of a client's requests. */
export class Outcomes {
	answered = 0;
	/** Not processed, as HTTP/2 told the client. Without refused connections, which end each lane. */
	refused = 0;
	/** Any other end, by the client's own word for it. */
	readonly failed = new Map<string, number>();

	fail(what: string, count = 1): void {
		this.failed.set(what, (this.failed.get(what) ?? 0) + count);
	}
}

/** A client that sends many requests at the same time until the server is gone. */
export interface Http2Client {
	readonly name: string;
	readonly server: "http2" | "grpc";
	/**
	 * Resolves when it is about to send its first request.
	 * @param pauseMs how long each lane waits between two requests, on average: for clients that can wait
	 */
	start(port: number, pauseMs: number): Promise<{ readonly ended: Promise<Outcomes> }>;
}
