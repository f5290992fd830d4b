import { Flow } from "../listening/flow.ts";
import type { SignsOfLife } from "../listening/signs-of-life.ts";

/** A peer that closes its side at once needs a round trip for it, however short the linger. */
const LEAST_SILENT_MS = 1_000;
/** A peer that takes nothing of what was written may be without a network for a moment. */
const LONGEST_STUCK_MS = 5_000;

/** What is needed of the drain's options. */
interface Times {
	readonly lingerMs: number;
	/** Milliseconds until the hard stop. */
	readonly leftMs: number;
}

/**
 * The time between the closing message to a peer and the moment at which the peer has closed the connection. It is bounded:
 * a peer that is out of reach, or that never closes its side, would hold every shutdown until the deadline.
 *
 * - A silent peer has the linger, counted from the last byte that it sent or took; at least a second, or a tenth of the
 *   time that is left where that is shorter.
 * - A peer that takes nothing of what was written before has twice that; at least 5 s, or half of the time that is left.
 * - A peer that goes on sending has twice the first time. Where its bytes may be meant, and as long as they are more than a
 *   drip, it has half of the time that is left.
 *
 * What was written before is never cut while the peer takes it, however slowly.
 */
export class Parting {
	readonly #maySend: boolean;
	readonly #silentMs: number;
	readonly #stuckMs: number;
	readonly #sendingMs: number;
	readonly #flow = new Flow();
	#startedAt = 0;
	#received = 0;
	#waiting: number;
	#quietSince = 0;
	#stuckSince: number;

	/** @param maySend whether what the peer sends after the closing message may be meant, such as the rest of an upload */
	constructor(signs: SignsOfLife, now: number, { lingerMs, leftMs }: Times, maySend: boolean) {
		this.#maySend = maySend;
		this.#silentMs = Math.max(lingerMs, Math.min(LEAST_SILENT_MS, leftMs / 10));
		this.#stuckMs = Math.max(2 * this.#silentMs, Math.min(LONGEST_STUCK_MS, leftMs / 2));
		this.#sendingMs = Math.max(2 * this.#silentMs, leftMs / 2);
		this.#waiting = signs.waiting;
		this.#stuckSince = now;
		this.#restart(signs, now);
	}

	/**
	 * Returns true if the peer has had its time. To be asked again and again, right after a poll: what had arrived by
	 * `polledAt` has been read then.
	 */
	isOver(signs: SignsOfLife, now: number, polledAt: number): boolean {
		if (signs.isOurs) return false;
		const wasWaiting = this.#waiting;
		this.#waiting = signs.waiting;
		if (signs.waiting > 0) {
			if (signs.waiting < wasWaiting) this.#stuckSince = now;
			this.#restart(signs, now);
			return polledAt - this.#stuckSince >= this.#stuckMs;
		}
		this.#stuckSince = now;
		// Where it can't be seen what the peer sends, it is taken to send a drip.
		if (signs.received !== this.#received || signs.isUnread) this.#quietSince = now;
		this.#received = signs.received ?? 0;
		return polledAt - this.#quietSince >= this.#silentMs || this.#hasSentForLong(polledAt);
	}

	/** Begins anew: the peer was not expected to close its side before. */
	#restart({ received }: SignsOfLife, now: number): void {
		this.#received = received ?? 0;
		this.#startedAt = this.#quietSince = now;
		this.#flow.begin(now, this.#received);
	}

	#hasSentForLong(polledAt: number): boolean {
		const spanMs = 2 * this.#silentMs;
		if (!this.#maySend) return polledAt - this.#startedAt >= spanMs;
		return polledAt - this.#startedAt >= this.#sendingMs || this.#flow.isDrip(polledAt, this.#received, spanMs);
	}
}
