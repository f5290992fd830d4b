import { Linger } from "../listening/linger.ts";
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
	readonly #hardStopAt: number;
	readonly #linger = new Linger();
	#waiting: number;
	#stuckSince: number;

	/** @param maySend whether what the peer sends after the closing message may be meant, such as the rest of an upload */
	constructor(signs: SignsOfLife, now: number, { lingerMs, leftMs }: Times, maySend: boolean) {
		this.#maySend = maySend;
		this.#silentMs = Math.max(lingerMs, Math.min(LEAST_SILENT_MS, leftMs / 10));
		this.#stuckMs = Math.max(2 * this.#silentMs, Math.min(LONGEST_STUCK_MS, leftMs / 2));
		this.#hardStopAt = now + leftMs;
		this.#waiting = signs.waiting;
		this.#stuckSince = now;
		this.#linger.restart(signs.received ?? 0, now);
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
			// The peer was not expected to close its side before it had everything.
			this.#linger.restart(signs.received ?? 0, now);
			return polledAt - this.#stuckSince >= this.#stuckMs;
		}
		this.#stuckSince = now;
		const { received, isUnread: isActive } = signs;
		const hardStopAt = this.#maySend ? this.#hardStopAt : undefined;
		return this.#linger.isOver({ polledAt, now, received, isActive }, { silentMs: this.#silentMs, hardStopAt });
	}
}
