import { findCaller } from "../core/caller.ts";
import type { Phase } from "../core/phase.ts";
import type { Warning } from "../core/warning.ts";

/**
 * Calls `onExit` if the process exits before the service is closed. The warning names the place that called
 * `process.exit()`. Returns a function that removes the listener.
 * @param phase the phase in which nothing should exit, or `undefined` if it may
 * @param advice what the program should do instead
 */
export function onEarlyExit(
	phase: () => Phase | undefined,
	onExit: (warning: Warning) => void,
	advice = "nothing more is finished or closed; call service.stop() instead",
): () => void {
	const listener = (): void => {
		const during = phase();
		if (during === undefined || during === "closed") return;
		// The listeners of `exit` run within the call of `process.exit()`, so the call is on this stack.
		const caller = findCaller(process.exit);
		const cause = caller === undefined ? "the process exits" : `process.exit() was called at ${caller.frame}`;
		onExit({
			code: "exit",
			message: `${cause} while ${during}: ${advice}`,
		});
	};
	process.on("exit", listener);
	return () => void process.removeListener("exit", listener);
}
