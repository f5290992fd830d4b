/** Fewer bytes a second than this are a drip: they hold a connection open and carry nothing. */
const DRIP_BYTES_PER_S = 1_000;

/** What a peer still sends after it was told, or answered, for the last time: the rest of an upload, or a drip. */
export class Flow {
	#since = 0;
	#bytes = 0;

	/** Begins to count. `bytes` is how many have come so far. */
	begin(now: number, bytes: number): void {
		this.#since = now;
		this.#bytes = bytes;
	}

	/** Returns true if so few bytes came in the last `spanMs` that they were not sent for what they say. Asked again and again. */
	isDrip(now: number, bytes: number, spanMs: number): boolean {
		const ms = now - this.#since;
		if (ms < spanMs) return false;
		const isDrip = (bytes - this.#bytes) * 1_000 < DRIP_BYTES_PER_S * ms;
		// Span by span: what came in one burst before says nothing of what comes now.
		this.begin(now, bytes);
		return isDrip;
	}
}
