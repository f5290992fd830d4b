import type { Clock } from "../core/clock.ts";

/** The real clock. */
export const systemClock: Clock = {
	now: () => performance.now(),
	after(ms, callback) {
		const timer = setTimeout(callback, ms);
		return () => clearTimeout(timer);
	},
	// From a timer on: the immediate alone would come before the next poll if this is called in one.
	turn: () => new Promise((resolve) => setTimeout(() => setImmediate(resolve), 0)),
};
