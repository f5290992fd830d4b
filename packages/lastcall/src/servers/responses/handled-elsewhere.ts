const handledElsewhere = new WeakSet<object>();

/**
 * Marks a socket or response as handled elsewhere, such as by a WebSocket server: that closes it, and lists it as in flight.
 * The HTTP server that accepted it only waits for it.
 */
export function handleElsewhere(thing: object): void {
	handledElsewhere.add(thing);
}

/** Returns true if a socket or response is handled elsewhere. */
export function isHandledElsewhere(thing: object): boolean {
	return handledElsewhere.has(thing);
}
