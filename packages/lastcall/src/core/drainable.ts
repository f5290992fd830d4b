import type { Goodbyes } from "./goodbyes.ts";

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

/** How to drain. */
export interface DrainOptions {
	/** How long an idle connection is left open for the request that may be on its way, in milliseconds. */
	readonly lingerMs: number;
	/** Milliseconds until `hardStop()`, unless that comes sooner. */
	readonly leftMs: number;
	/** When to say goodbye to whom. One for all that drains. */
	readonly goodbyes: Goodbyes;
}

/** Anything that accepts work and can be asked to finish it: a server, the set of tasks. */
export interface Drainable {
	readonly name: string;
	/** What is in flight now, oldest first. */
	inFlight(): InFlight[];
	/**
	 * Accepts nothing new from now on and resolves when nothing is in flight. Knows no deadline: `hardStop()` ends it.
	 * Called once. Must not reject for what a client did.
	 */
	drain(options: DrainOptions): Promise<void>;
	/** Drops what is left, now. May be called without `drain()` and more than once. Must not throw. */
	hardStop(): void;
}
