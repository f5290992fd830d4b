import type { DrainPlan } from "./drain-plan.ts";
import type { RequestInFlight } from "./request-name.ts";

/**
 * The connections of a server that speak one protocol: HTTP/1.1, HTTP/2, or none yet (TLS handshakes). The optional methods are
 * about requests, which not every protocol has, and about connections that were there before the server was served.
 */
export interface ProtocolConnections {
	/** How many there are. */
	readonly size: number;
	/** True if there is one. */
	readonly isAny: boolean;
	/**
	 * Called with every event of the server before the program's listeners. Returns true if it brings a request that waits where
	 * requests are held.
	 */
	sees(event: string | symbol, subject: unknown, other: unknown): boolean;
	/** From now on each connection is closed as soon as its protocol allows, also those that come later. */
	beginDrain(plan: DrainPlan): Promise<void> | void;
	/**
	 * Closes the connections that have waited for long enough. Called again and again while draining, right after a poll. What
	 * arrived after `polledAt` may be unread: the silence of a client is counted up to then.
	 *
	 * Returns when to call it next, as `performance.now()` counts, if nothing comes until then.
	 */
	sweep(plan: DrainPlan, polledAt: number): Promise<number> | number;
	/**
	 * Destroys all connections now, each by one call of `end`, which catches what the program's objects throw. `isHeld` returns
	 * true for a request that is held, so that the program has not seen it.
	 */
	cut(isHeld: (request: unknown) => boolean, end: (destroy: () => void) => void): void;
	/** How many have nothing in flight. */
	readonly idle: number;
	/** The requests in flight. */
	inFlight?(): RequestInFlight[];
	/** Called with a held request when its turn has come. Returns true if the program may have it. */
	admits?(event: string | symbol, subject: unknown, other: unknown): boolean;
	/** Returns true if a held request has to wait beyond the poll that brought it. */
	waits?(event: string | symbol, subject: unknown): boolean;
	/** Requests are held from now on, so that the number that a client may have in flight has to be limited. */
	hold?(): void;
	/** From now on every request waits where requests are held, whatever its connection. */
	holdAll?(): void;
	/** Closes the connections that were there before the server was served, and that could never be seen. */
	endUnseen?(): void;
}
