import type { Http2Session } from "node:http2";
import type { Socket } from "node:net";
import { Linger } from "../listening/linger.ts";
import { LOOK_EVERY_MS } from "../listening/visit-due.ts";

/**
 * The silence that makes a quiet moment, after the client has acknowledged a PING. A client that still sends after `longestMs`
 * does not wait for responses before it sends the next request, so it never goes quiet.
 */
const QUIET = { silentMs: 20, longestMs: 100 };
/** The longest wait for a quiet moment, and the longest time for which one is forced. */
const PATIENCE_MS = 1_000;

/**
 * The moment for a session's GOAWAY: no stream is in flight, and none is on its way. Some clients give up what is in flight at
 * GOAWAY, although it is executed (undici, httpx). A stream that crosses GOAWAY is refused.
 *
 * In a session that is not busy all the time, such moments come. A PING is sent after the last response: the client
 * acknowledges it once it has read that response. Silence after that means that the client has sent what it wanted to send
 * because of the response. For a session that is busy during the whole linger, the moment is forced: streams that come from
 * then on are held, and never executed.
 */
export class QuietMoment {
	readonly #session: Http2Session;
	readonly #socket: Socket;
	readonly #linger = new Linger();
	#patienceMs = 0;
	#isForced = false;
	#soughtSince = 0;
	#responses: number;
	/** How many responses the client had read when it acknowledged a PING last. */
	#acknowledged = -1;
	#isPinging = false;
	/** When to call `hasCome` next, as `performance.now()` counts. */
	nextLookAt = 0;

	/** @param hasResponded true if the client has had a response */
	constructor(session: Http2Session, socket: Socket, hasResponded: boolean) {
		this.#responses = hasResponded ? 1 : 0;
		this.#session = session;
		this.#socket = socket;
	}

	/** Returns true once streams that come have to be held. */
	get isForced(): boolean {
		return this.#isForced;
	}

	/** Waits for the moment from now on, as long as connections linger. */
	seek(lingerMs: number = this.#patienceMs): void {
		this.#patienceMs = Math.min(lingerMs, PATIENCE_MS);
		this.#soughtSince = performance.now();
	}

	/** A response was sent. */
	responded(): void {
		this.#responses++;
	}

	/**
	 * Returns true if the moment has come, or the time for it is over. Called again and again, each time right after a poll.
	 * @param isBusy true if a stream is in flight
	 */
	hasCome(polledAt: number, isBusy: boolean): boolean {
		const soughtMs = polledAt - this.#soughtSince;
		this.#isForced = soughtMs >= this.#patienceMs;
		this.nextLookAt = polledAt + LOOK_EVERY_MS;
		return (!isBusy && this.#isQuiet(polledAt)) || soughtMs >= 2 * this.#patienceMs;
	}

	/** To be called as soon as nothing is in flight: a session may be idle for some milliseconds only. */
	ping(): void {
		if (this.#isPinging || this.#session.destroyed) return;
		this.#isPinging = true;
		const responses = this.#responses;
		this.#session.ping(() => {
			this.#isPinging = false;
			this.#acknowledged = responses;
			this.#linger.restart(this.#socket.bytesRead);
		});
	}

	#isQuiet(polledAt: number): boolean {
		if (this.#session.destroyed) return true;
		const isQuiet = this.#linger.isOver({ polledAt, received: this.#socket.bytesRead }, QUIET);
		if (this.#acknowledged !== this.#responses) {
			this.ping();
			return false;
		}
		this.nextLookAt = Math.min(this.nextLookAt, this.#linger.nextLookAt);
		return isQuiet;
	}
}
