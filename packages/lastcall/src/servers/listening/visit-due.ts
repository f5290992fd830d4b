import { forEachYielding } from "./for-each-yielding.ts";

/** How often to look at a connection on which something may change at any time. */
export const LOOK_EVERY_MS = 20;
/** How often to look at one that says by events what happens on it: the program may remove the listener for one. */
export const LOOK_RARELY_MS = 200;
/** The shortest pause between two visits of many connections, however soon the next of them is due. */
const SHORTEST_PAUSE_MS = 5;

/** A connection that a drain visits again and again. */
export interface Due {
	/** When to visit it next, as `performance.now()` counts: nothing has to be done before. Each visit sets it anew. */
	readonly dueAt: number;
}

/**
 * Visits the items that are due, in turns of the event loop as `forEachYielding`; the others cost the comparison of two numbers.
 *
 * @returns when the next one is due, as `performance.now()` counts
 */
export async function visitDue<Item extends Due>(
	items: Iterable<Item>,
	visit: (item: Item, polledAt: number) => void,
	lastPolledAt: number,
): Promise<number> {
	let nextAt = Number.POSITIVE_INFINITY;
	function* areDue(): Iterable<Item> {
		for (const item of items) {
			// Not the time of the latest poll: what becomes due during this call is visited by the next one.
			if (item.dueAt <= lastPolledAt) yield item;
			nextAt = Math.min(nextAt, item.dueAt);
		}
	}
	await forEachYielding(areDue(), visit, lastPolledAt);
	return nextAt;
}

/** Returns how many milliseconds to wait until the next visit. `longestMs`: something else is to be looked at. */
export function pauseUntil(nextAt: number, longestMs: number): number {
	// A timer may fire a part of a millisecond early.
	const pauseMs = Math.ceil(nextAt - performance.now()) + 1;
	return Math.min(Math.max(pauseMs, SHORTEST_PAUSE_MS), LOOK_EVERY_MS, longestMs);
}
