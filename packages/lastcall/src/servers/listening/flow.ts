/** Fewer bytes a second than this are a drip: they hold a connection open and carry nothing. */
const DRIP_BYTES_PER_S = 1_000;

/** Measures what a peer still sends after it got its last response or closing message: the rest of an upload, or a drip. */
export class Flow {
	#since = 0;
	#bytes = 0;

	/** Begins to count. `bytes` is how many have come so far. */
	begin(now: number, bytes: number): void {
		this.#since = now;
		this.#bytes = bytes;
	}

	/** Returns true if only a drip came in the last `spanMs`. Called again and again. */
	isDrip(now: number, bytes: number, spanMs: number): boolean {
		const ms = now - this.#since;
		if (ms < spanMs) return false;
		const isDrip = (bytes - this.#bytes) * 1_000 < DRIP_BYTES_PER_S * ms;
		// Span by span: a burst in the last one says nothing about the next one.
		this.begin(now, bytes);
		return isDrip;
	}
}
