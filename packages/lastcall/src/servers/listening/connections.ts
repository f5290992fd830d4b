import type { Leaving } from "./leaving.ts";
import type { RequestInFlight } from "./request-name.ts";

/** The connections of a server that are in one protocol's hands. */
export interface Connections {
	/** How many there are. */
	readonly size: number;
	/** Sees every event of the server before the program does. Reports whether it brings a request that waits where requests are held. */
	sees(event: string | symbol, subject: unknown, other: unknown): boolean;
	/** Sees a request that was held when its turn has come. Reports whether the program may have it. */
	admits(event: string | symbol, subject: unknown, other: unknown): boolean;
	/** What is in flight on them. */
	inFlight(): RequestInFlight[];
	/** Reports whether a held request is to wait beyond the poll that brought it. */
	waits?(event: string | symbol, subject: unknown): boolean;
	/** Requests are held from now on, so that the number of those that a client may have in flight is to be limited. */
	hold?(): void;
	/** From now on every request waits where requests are held, whatever its connection. */
	holdAll?(): void;
	/** Says goodbye to each of them as soon as its protocol allows, and to those that come later. */
	leave(leaving: Leaving): Promise<void> | void;
	/**
	 * Ends those that have waited long enough. To be called right after a poll, while leaving. What arrived after `polledAt`
	 * may be unread, if the process was busy or had no CPU time since: how long a client has been silent is judged by that.
	 */
	sweep(leaving: Leaving, polledAt: number): Promise<void> | void;
	/** Ends those that it could never see, since they were there before it was. */
	endUnseen(): void;
	/**
	 * Ends them all, now, each by one call of `end`, which catches what the program's objects throw. `isHeld` returns true if a
	 * request was held, so that the program has not seen it.
	 */
	drop(isHeld: (request: unknown) => boolean, end: (destroy: () => void) => void): void;
}
