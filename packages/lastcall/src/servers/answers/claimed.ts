const claimed = new WeakSet<object>();

/**
 * Says that somebody else now says goodbye to this socket or answer, and names it while it is in flight: the HTTP server
 * that it came in by only waits for it.
 */
export function claim(thing: object): void {
	claimed.add(thing);
}

/** Reports whether it was claimed. */
export function isClaimed(thing: object): boolean {
	return claimed.has(thing);
}
