import { Flow } from "./flow.ts";

/** What a look at a connection has shown. */
export interface Look {
	/** The time before the last poll, as `performance.now()` counts. What arrived later may be unread. */
	readonly polledAt: number;
	/** Bytes received so far. `undefined` where this can't be seen: the connection then counts as one that is never silent. */
	readonly received: number | undefined;
	/** True if something else shows that the connection is not silent, such as input that the program has not read. */
	readonly isActive?: boolean;
	/** The time of the look. Default: now. */
	readonly now?: number;
}

/** How long an idle connection stays open. */
export interface LingerLimits {
	/** Over after this long without a byte. */
	readonly silentMs: number;
	/** Over after this long in any case: a peer could drip bytes for ever. Default: twice `silentMs`. */
	readonly longestMs?: number;
	/**
	 * Set where the peer may still be sending something that has to be read, such as the rest of an upload: then `longestMs`
	 * holds only for a drip. Other input is read for half of the time from the beginning to this instant.
	 */
	readonly hardStopAt?: number | undefined;
}

/**
 * Decides whether an idle connection has been open for long enough, for every protocol. The limits are the callers': `Http1Connection`,
 * `ServedSession`, `QuietMoment`, `Handshakes`, `IdlePeer` and `PeerCloseWait`. A request may be on its way, so
 * a connection is closed only after some silence.
 *
 * Silence is counted up to the time before the last poll, not up to now: handlers may have computed since, and what came
 * meanwhile is unread.
 */
export class Linger {
	readonly #flow = new Flow();
	#idleSince = 0;
	#quietSince = 0;
	#received = 0;

	/**
	 * Counts from the beginning. Called when the connection becomes idle, and again and again while it is not.
	 * @param received bytes received so far: they belong to what came before
	 */
	restart(received: number, now: number = performance.now()): void {
		this.#idleSince = this.#quietSince = now;
		this.#received = received;
		this.#flow.begin(now, received);
	}

	/**
	 * Returns true if the idle connection has been open for long enough. Called again and again, each time right after a poll.
	 */
	isOver(look: Look, { silentMs, longestMs = 2 * silentMs, hardStopAt }: LingerLimits): boolean {
		const { polledAt, received, isActive = false, now = performance.now() } = look;
		if (isActive || received !== this.#received) this.#quietSince = now;
		this.#received = received ?? 0;
		if (polledAt - this.#quietSince >= silentMs) return true;
		const idleMs = polledAt - this.#idleSince;
		if (hardStopAt === undefined) return idleMs >= longestMs;
		if (this.#flow.isDrip(polledAt, this.#received, longestMs)) return true;
		return idleMs >= Math.max(longestMs, (hardStopAt - this.#idleSince) / 2);
	}
}
