import { LOOK_EVERY_MS } from "./visit-due.ts";

/** One that has not closed after so many looks no longer counts, since it may be far away. */
const LOOKS_TO_CLOSE = 5;

/**
 * Bounds how many clients have been notified that their connection ends, and have not closed it. On a busy machine all their
 * replies come in one poll, each takes some time, and meanwhile no other request is served.
 */
export class ClosingWindow<Connection> {
	readonly #most: number;
	/** Those whose client was notified, and in which look. */
	readonly #notified = new Map<Connection, number>();
	#look = 0;
	#lookedAt = 0;

	constructor(most: number) {
		this.#most = most;
	}

	/** To be called before connections are looked at. `now`: as `performance.now()` counts. */
	look(now: number): void {
		if (now - this.#lookedAt < LOOK_EVERY_MS) return;
		this.#lookedAt = now;
		this.#look++;
		for (const [connection, look] of this.#notified) {
			if (this.#look - look < LOOKS_TO_CLOSE) return;
			this.#notified.delete(connection);
		}
	}

	/** True if one more client may be notified. */
	get hasRoom(): boolean {
		return this.#notified.size < this.#most;
	}

	/** The client of this connection is being notified. */
	add(connection: Connection): void {
		this.#notified.set(connection, this.#look);
	}

	/** The connection has closed. */
	delete(connection: Connection): void {
		this.#notified.delete(connection);
	}
}
