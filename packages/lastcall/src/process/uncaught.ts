import type { Warning } from "../core/warning.ts";
import { isObserverError, observerWarning } from "./observer-errors.ts";
import { isLogError } from "./stderr.ts";

/** Later errors are not shown. An error that is caused by logging an error would go on for ever. */
const MOST_ERRORS = 100;

/**
 * Calls `onError` for uncaught exceptions, and for unhandled rejections unless the program handles those in another way
 * (`--unhandled-rejections`, a listener of its own). Returns a function that removes the listener.
 * @param onWarning gets the first error of what only observes the service: those errors stop nothing
 */
export function onUncaught(onError: (error: unknown) => void, onWarning: (warning: Warning) => void): () => void {
	let count = 0;
	let hasWarned = false;
	const listener = (error: unknown): void => {
		if (isLogError(error)) return;
		if (!isObserverError()) {
			count++;
			if (count <= MOST_ERRORS) onError(error);
			else if (count === MOST_ERRORS + 1) {
				onError(new Error(`more than ${MOST_ERRORS} uncaught errors; later ones are not shown`));
			}
		} else if (!hasWarned) {
			hasWarned = true;
			onWarning(
				observerWarning("a subscriber of the diagnostics channel, or code that the log began, threw an error", error),
			);
		}
	};
	process.on("uncaughtException", listener);
	return () => void process.removeListener("uncaughtException", listener);
}
