/** The mark on a socket or response: a `WeakSet` takes several times as much memory. */
const HANDLED_ELSEWHERE: unique symbol = Symbol("lastcall.handled-elsewhere");

interface Markable {
	[HANDLED_ELSEWHERE]?: boolean;
}

/**
 * Marks a socket or response as handled elsewhere, such as by a WebSocket server: that closes it, and lists it as in flight.
 * The HTTP server that accepted it only waits for it.
 */
export function handleElsewhere(thing: object): void {
	(thing as Markable)[HANDLED_ELSEWHERE] = true;
}

/** Returns true if a socket or response is handled elsewhere. */
export function isHandledElsewhere(thing: object): boolean {
	return (thing as Markable)[HANDLED_ELSEWHERE] === true;
}
