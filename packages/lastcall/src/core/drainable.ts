import type { Siblings } from "./siblings.ts";
import type { Spread } from "./spread.ts";
import type { Failure } from "./stop-reason.ts";
import type { Warning } from "./warning.ts";

/** Something that was accepted and is not finished. */
export interface InFlight {
	/**
	 * The name of the server, task, intake, unit of work, group or resource, or `main`. The names of the groups that it is in come
	 * first: `orders/postgres`.
	 */
	readonly name: string;
	/** What it is: `GET /orders/7`, `task`, `message 17`, `starting`, `stopping`, `closing`. */
	readonly what: string;
	/** Milliseconds since it was accepted. */
	readonly ageMs: number;
}

/**
 * Why the drain ended something before it was finished.
 */
export type EndedEarlyReason =
	/** An event stream of an `EventSource` was ended between two events. Its client reconnects without the program's help. */
	| "client-reconnects"
	/** The peer of a connection got the protocol's closing message and did not close its side in time. */
	| "peer-silent"
	/** The client of a request had gone, and the handler did not end the response in time. */
	| "client-gone"
	/** A response was still being produced when the time of the drain was over. The only reason that is a failure. */
	| "out-of-time";

/** Something that the drain ended, or stopped waiting for, before it was finished. */
export interface EndedEarly extends InFlight {
	/** Why the drain ended it. */
	readonly why: EndedEarlyReason;
}

/** How to drain. */
export interface DrainOptions {
	/** How long an idle connection stays open for a request that may be on its way, in milliseconds. */
	readonly lingerMs: number;
	/** Milliseconds until `cut()`, unless that comes sooner. */
	readonly leftMs: number;
	/** The other workers, in a cluster worker whose primary helps its workers to drain together. */
	readonly siblings?: Siblings | undefined;
	/** Spreads over time what makes clients reconnect. All drainables share it. */
	readonly spread: Spread;
	/** Called with each thing that is ended before it was finished, for the report. */
	readonly onEndedEarly: (one: EndedEarly) => void;
}

/** Something that accepts work and can finish it: a server, the tasks. */
export interface Drainable {
	readonly name: string;
	/** Returns what is in flight now, the oldest first. */
	inFlight(): InFlight[];
	/**
	 * Returns the number of connections that are open with nothing in flight: they linger, as a request may be on its way. A drainable
	 * without this method has none.
	 */
	idleConnections?(): number;
	/**
	 * Returns true if its server does not listen, has no connection and has nothing in flight. The server holds this object, so
	 * nothing else has to hold it then. A drainable without this method is never at rest.
	 */
	isAtRest?(): boolean;
	/** Returns true if its server has never listened since it was registered, and has had no connection and no request. */
	isUnused?(): boolean;
	/**
	 * Called once, when the stop reason has come. `drain()` follows, after the lame duck if there is one. Must not throw. Calls
	 * `warn` if the program does something to its server meanwhile that loses requests.
	 */
	stopping?(warn: (warning: Warning) => void): void;
	/**
	 * Accepts nothing new from now on, and resolves when nothing is in flight. It has no deadline: `cut()` ends it.
	 *
	 * It is called again, after the promise has resolved, if something is in flight again: another server has handed over a
	 * connection, or the program has begun a unit of work. It then waits for that. Must not reject for what a client did. After a
	 * rejection it is not called again.
	 */
	drain(options: DrainOptions): Promise<void>;
	/**
	 * Drops what is left, now. It may be called without `drain()`, and more than once. Calls `onFailure` with each error that an
	 * object of the program throws meanwhile, and drops the others all the same.
	 */
	cut(onFailure: (failure: Failure) => void): void;
	/**
	 * Called once, when all drains of the service are over or were hard-stopped. Undoes what was done to the program's object, as
	 * soon as that is possible.
	 */
	release?(): void;
}
