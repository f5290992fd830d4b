import type { Http2Session } from "node:http2";
import type { Socket } from "node:net";
import { nextPoll } from "../listening/accept-queue.ts";
import { Linger } from "../listening/linger.ts";

/**
 * After the client has acknowledged the PING: the silence that makes a quiet moment. A client that still sends after `longestMs` does
 * not wait for responses before it sends the next request, so that it never goes quiet.
 */
const QUIET = { silentMs: 20, longestMs: 100 };
/** For how long a moment is waited for at most, and for how long one is made. */
const PATIENCE_MS = 1_000;

/**
 * The moment for a session's GOAWAY: no stream is in flight, and none is on its way. What is in flight at GOAWAY some clients
 * give up (undici, httpx), although it is executed; what crosses it is refused.
 *
 * In a session that is not busy all the time, such moments come. A PING behind the last answer comes back when the client has
 * seen it; silence behind that means that it has sent what it had to send because of it. For a session whose client leaves
 * none during the linger one is made: streams that come from then on are held, and never executed.
 */
export class QuietMoment {
	readonly #session: Http2Session;
	readonly #socket: Socket;
	readonly #look: (polledAt: number) => void;
	#patienceMs = 0;
	#isMade = false;
	#soughtSince = 0;
	#answers = 0;
	/** How many answers the client had seen when it answered a PING last. */
	#seen = -1;
	#isPinging = false;
	readonly #linger = new Linger();

	/** @param look is called right after a poll when it may have come, besides the times at which `hasCome` is asked anyway */
	constructor(session: Http2Session, socket: Socket, look: (polledAt: number) => void) {
		this.#session = session;
		this.#socket = socket;
		this.#look = look;
	}

	/** Returns true if the client has had an answer. */
	get hasAnswered(): boolean {
		return this.#answers > 0;
	}

	/** Returns true once streams that come are to be held. */
	get isMade(): boolean {
		return this.#isMade;
	}

	/** It is waited for from now on, as long as connections linger. */
	seek(lingerMs: number = this.#patienceMs): void {
		this.#patienceMs = Math.min(lingerMs, PATIENCE_MS);
		this.#soughtSince = performance.now();
	}

	/** An answer went out. */
	answered(): void {
		this.#answers++;
	}

	/**
	 * Reports whether it has come, or the time for it is over. To be asked again and again, right after a poll.
	 * @param isBusy something is in flight
	 */
	hasCome(polledAt: number, isBusy: boolean): boolean {
		const soughtMs = polledAt - this.#soughtSince;
		this.#isMade = soughtMs >= this.#patienceMs;
		return (!isBusy && this.#isQuiet(polledAt)) || soughtMs >= 2 * this.#patienceMs;
	}

	/** To be called as soon as nothing is in flight: a session may be idle for some milliseconds only. */
	ask(): void {
		if (this.#isPinging || this.#session.destroyed) return;
		this.#isPinging = true;
		const answers = this.#answers;
		this.#session.ping(() => {
			this.#isPinging = false;
			this.#seen = answers;
			this.#linger.restart(this.#socket.bytesRead);
			// A timer may be a part of a millisecond early.
			void nextPoll(QUIET.silentMs + 1).then(this.#look);
		});
	}

	#isQuiet(polledAt: number): boolean {
		if (this.#session.destroyed) return true;
		const isQuiet = this.#linger.isOver({ polledAt, received: this.#socket.bytesRead }, QUIET);
		if (this.#seen === this.#answers) return isQuiet;
		this.ask();
		return false;
	}
}
