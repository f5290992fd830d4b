import { Flow } from "./flow.ts";
import { LOOK_EVERY_MS } from "./visit-due.ts";

/** Looks at a silent connection during the silence that it has to keep, so that the last byte is not taken for a later one. */
const LOOKS = 10;

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
	/** When to look next, as `performance.now()` counts. */
	nextLookAt = 0;

	/**
	 * Counts from the beginning. Called when the connection becomes idle.
	 * @param received bytes received so far: they belong to what came before
	 * @param earliest silence counts from then on, if that is later than now
	 */
	restart(received: number, now: number = performance.now(), earliest = 0): void {
		this.#idleSince = this.#quietSince = Math.max(now, earliest);
		this.#received = received;
		this.#flow.begin(now, received);
		this.nextLookAt = now;
	}

	/** Counts from the beginning, since the connection is not idle. Called at each look in place of `isOver`. */
	keepWaiting(received: number, polledAt: number, earliest?: number, lookAfterMs: number = LOOK_EVERY_MS): void {
		this.restart(received, performance.now(), earliest);
		this.nextLookAt = polledAt + lookAfterMs;
	}

	/**
	 * Returns true if the idle connection has been open for long enough. Called again and again, each time right after a poll.
	 */
	isOver(look: Look, { silentMs, longestMs = 2 * silentMs, hardStopAt }: LingerLimits): boolean {
		const { polledAt, received, isActive = false, now = performance.now() } = look;
		if (isActive || received !== this.#received) this.#quietSince = Math.max(this.#quietSince, now);
		this.#received = received ?? 0;
		const readsForMs = hardStopAt === undefined ? 0 : (hardStopAt - this.#idleSince) / 2;
		const overAt = Math.min(this.#quietSince + silentMs, this.#idleSince + Math.max(longestMs, readsForMs));
		const lookAfterMs = Math.max(LOOK_EVERY_MS, silentMs / LOOKS);
		this.nextLookAt = Math.min(overAt, Math.max(polledAt, this.#quietSince) + lookAfterMs);
		return polledAt >= overAt || (hardStopAt !== undefined && this.#flow.isDrip(polledAt, this.#received, longestMs));
	}
}
