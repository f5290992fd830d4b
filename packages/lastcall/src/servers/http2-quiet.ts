import type { Http2Session } from "node:http2";
import type { Socket } from "node:net";

/** Nothing came from the client for this long behind its PING's answer. */
const QUIET_MS = 20;
/** Who still sends this long behind it does not wait for answers before it asks: there is no such moment. */
const LONGEST_MS = 100;

/**
 * Knows when a client whose new streams are held has nothing on its way: it has seen every answer that was given, and has
 * sent what it had to send because of them. A client in a closed loop waits for us then, and a GOAWAY crosses nothing.
 */
export class QuietClient {
	readonly #session: Http2Session;
	readonly #socket: Socket;
	#answers = 0;
	/** How many answers the client had seen when it answered a PING last. */
	#seen = -1;
	#isPinging = false;
	#bytesRead = 0;
	#quietSince = 0;
	#seenAt = 0;

	constructor(session: Http2Session, socket: Socket) {
		this.#session = session;
		this.#socket = socket;
	}

	/** An answer went out. */
	answered(): void {
		this.#answers++;
	}

	/** Reports whether it is so now. To be asked again and again, right after a poll. */
	isQuiet(polledAt: number): boolean {
		if (this.#session.destroyed) return true;
		if (this.#socket.bytesRead !== this.#bytesRead) {
			this.#bytesRead = this.#socket.bytesRead;
			this.#quietSince = performance.now();
		}
		if (this.#seen === this.#answers) {
			return polledAt - this.#quietSince >= QUIET_MS || polledAt - this.#seenAt >= LONGEST_MS;
		}
		this.#ping();
		return false;
	}

	#ping(): void {
		if (this.#isPinging) return;
		this.#isPinging = true;
		const answers = this.#answers;
		this.#session.ping(() => {
			this.#isPinging = false;
			this.#seen = answers;
			this.#seenAt = performance.now();
		});
	}
}
