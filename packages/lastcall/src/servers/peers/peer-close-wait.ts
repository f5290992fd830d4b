import type { ConnectionActivity } from "../listening/connection-activity.ts";
import { Linger } from "../listening/linger.ts";
import { LOOK_EVERY_MS } from "../listening/visit-due.ts";

/** A peer that closes its side at once needs a round trip for it, however short the linger. */
const LEAST_SILENT_MS = 1_000;
/** A peer that takes nothing of what was written may have lost its network for a moment. */
const LONGEST_STUCK_MS = 5_000;

/** The part of the drain's options that is needed. */
interface Times {
	readonly lingerMs: number;
	/** Milliseconds until the hard stop. */
	readonly leftMs: number;
}

/**
 * The wait from the closing message to the moment at which the peer has closed the connection. It is bounded: a peer that is
 * out of reach, or that never closes its side, would hold every shutdown until the deadline.
 *
 * - A silent peer has the linger, counted from the last byte that it sent or took; at least a second, or a tenth of the
 *   time that is left where that is shorter.
 * - A peer that takes nothing of what was written before has twice that; at least 5 s, or half of the time that is left.
 * - A peer that goes on sending has twice the first time. Where its bytes may have to be read, and while they are more than a
 *   drip, it has half of the time that is left.
 *
 * What was written before is never cut while the peer takes it, however slowly.
 */
export class PeerCloseWait {
	readonly #maySend: boolean;
	readonly #silentMs: number;
	readonly #stuckMs: number;
	readonly #hardStopAt: number;
	readonly #linger = new Linger();
	/** When to call `isOver` next, as `performance.now()` counts. */
	nextLookAt = 0;
	#unsent: number;
	#stuckSince: number;

	/** @param maySend true if what the peer sends after the closing message may have to be read, such as the rest of an upload */
	constructor(activity: ConnectionActivity, now: number, { lingerMs, leftMs }: Times, maySend: boolean) {
		this.#maySend = maySend;
		this.#silentMs = Math.max(lingerMs, Math.min(LEAST_SILENT_MS, leftMs / 10));
		this.#stuckMs = Math.max(2 * this.#silentMs, Math.min(LONGEST_STUCK_MS, leftMs / 2));
		this.#hardStopAt = now + leftMs;
		this.#unsent = activity.unsent;
		this.#stuckSince = now;
		this.#linger.restart(activity.received ?? 0, now);
	}

	/**
	 * Returns true if the peer has had its time. Called again and again, each time right after a poll: what had arrived by
	 * `polledAt` is read.
	 */
	isOver(activity: ConnectionActivity, now: number, polledAt: number): boolean {
		const { received, unsent, hasUnread, isOursToEnd } = activity;
		this.nextLookAt = polledAt + LOOK_EVERY_MS;
		if (isOursToEnd) return false;
		const wasUnsent = this.#unsent;
		this.#unsent = unsent;
		if (unsent > 0) {
			if (unsent < wasUnsent) this.#stuckSince = now;
			// A peer need not close its side before it has everything.
			this.#linger.restart(received ?? 0, now);
			return polledAt - this.#stuckSince >= this.#stuckMs;
		}
		this.#stuckSince = now;
		const look = { polledAt, now, received, isActive: hasUnread };
		const hardStopAt = this.#maySend ? this.#hardStopAt : undefined;
		const isOver = this.#linger.isOver(look, { silentMs: this.#silentMs, hardStopAt });
		this.nextLookAt = this.#linger.nextLookAt;
		return isOver;
	}
}
