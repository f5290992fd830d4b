import type { Clock } from "../core/clock.ts";

/** The real clock. */
export const systemClock: Clock = {
	now: () => performance.now(),
	after(ms, callback) {
		const timer = setTimeout(callback, ms);
		return () => clearTimeout(timer);
	},
	afterUnref(ms, callback) {
		const timer = setTimeout(callback, ms).unref();
		return () => clearTimeout(timer);
	},
	// A timer first: called in the poll phase, an immediate alone would come before the next poll.
	turn: () => new Promise((resolve) => setTimeout(() => setImmediate(resolve), 0)),
};
