import type { Siblings } from "./siblings.ts";
import type { Spread } from "./spread.ts";
import type { Failure } from "./stop-reason.ts";
import type { Warning } from "./warning.ts";

/** One thing that was accepted and is not finished. */
export interface InFlight {
	/**
	 * The name it was registered under, after those of the groups that it is in: a server, a task, a unit of work, `main`,
	 * a group, a resource.
	 */
	readonly name: string;
	/** What it is: `GET /orders/7`, `task`, `message 17`, `starting`, `closing`. */
	readonly what: string;
	/** Milliseconds since it was accepted. */
	readonly ageMs: number;
}

/**
 * Why the drain ended something before it was finished:
 *
 * - `client-reconnects`: an event stream of an `EventSource`, ended between two events. Its client reconnects by itself.
 * - `peer-silent`: the peer of a connection got the protocol's closing message and did not close its side in time.
 * - `client-gone`: the client of a request had gone, and its handler did not end the response in time.
 * - `out-of-time`: a response was still being produced when the time of the drain was over. The only one that is a failure.
 */
export type EndedEarlyReason = "client-reconnects" | "peer-silent" | "client-gone" | "out-of-time";

/** One thing that the drain ended, or stopped waiting for, before it was finished. */
export interface EndedEarly extends InFlight {
	readonly why: EndedEarlyReason;
}

/** How to drain. */
export interface DrainOptions {
	/** How long an idle connection is left open for the request that may be on its way, in milliseconds. */
	readonly lingerMs: number;
	/** Milliseconds until `cut()`, unless that comes sooner. */
	readonly leftMs: number;
	/** The other workers, in a cluster worker whose primary helps them to drain together. */
	readonly siblings?: Siblings | undefined;
	/** Spreads over time what makes clients reconnect. One for all that drains. */
	readonly spread: Spread;
	/** Called with each thing that is ended before it was finished, for the report. */
	readonly onEndedEarly: (one: EndedEarly) => void;
}

/** Anything that accepts work and can be asked to finish it: a server, the set of tasks. */
export interface Drainable {
	readonly name: string;
	/** What is in flight now, oldest first. */
	inFlight(): InFlight[];
	/**
	 * Returns true if its server neither listens nor has a connection, and nothing of it is in flight. The server, as long as it
	 * exists, holds this object; nothing else needs to then. Without it, it is never at rest.
	 */
	isAtRest?(): boolean;
	/**
	 * The stop reason has come. `drain()` follows, after the lame duck where there is one. Called once. Must not throw. `warn` is
	 * to be called with what the program does to its server meanwhile and should not.
	 */
	stopping?(warn: (warning: Warning) => void): void;
	/**
	 * Accepts nothing new from now on and resolves when nothing is in flight. Knows no deadline: `cut()` ends it.
	 * Called again, after the promise has resolved, where something is in flight again: another server has handed a connection
	 * over, or the program has begun a unit of work. It then waits for that; what is done once is not repeated. Must not
	 * reject for what a client did. After it has rejected it is not called again.
	 */
	drain(options: DrainOptions): Promise<void>;
	/**
	 * Drops what is left, now. May be called without `drain()` and more than once. Calls `failed` with each error that an
	 * object of the program throws meanwhile, and drops the others all the same.
	 */
	cut(failed: (failure: Failure) => void): void;
	/**
	 * Called once, when all drains of the service are over or were hard-stopped: gives back what it has taken of the program's
	 * object as soon as it doesn't need it any more.
	 */
	release?(): void;
}
