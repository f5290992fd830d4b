import type { Warning } from "../core/warning.ts";
import { isObserverError, observerWarning } from "./observer-errors.ts";
import { isLogError } from "./stderr.ts";

/** More than this say nothing new. An error that telling of an error causes would go on for ever. */
const MOST = 100;

/**
 * Hears exceptions that nobody caught, and rejections that nobody handled unless the program has asked Node for something
 * else (`--unhandled-rejections`, a listener of its own). Returns what takes the listener away.
 * @param warned hears of the first error of what only watches the service: those stop nothing
 */
export function onUncaught(failed: (error: unknown) => void, warned: (warning: Warning) => void): () => void {
	let count = 0;
	let isWarned = false;
	const listener = (error: unknown): void => {
		if (isLogError(error)) return;
		if (!isObserverError()) {
			if (++count <= MOST) failed(error);
			else if (count === MOST + 1) failed(new Error(`more than ${MOST} uncaught errors; the rest is not shown`));
		} else if (!isWarned) {
			isWarned = true;
			warned(observerWarning("a subscriber of the diagnostics channel, or what the log has begun, threw", error));
		}
	};
	process.on("uncaughtException", listener);
	return () => void process.removeListener("uncaughtException", listener);
}
