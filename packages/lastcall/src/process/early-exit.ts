import type { Phase } from "../core/phase.ts";
import type { Warning } from "../core/warning.ts";
import { callerOf } from "./caller.ts";

/**
 * Hears that somebody else ends the process before it is closed: who, by the stack of the call. Returns what takes the
 * listener away.
 */
export function onEarlyExit(phase: () => Phase, heard: (warning: Warning) => void): () => void {
	const listener = (): void => {
		if (phase() === "closed") return;
		const caller = callerOf(/^at (process\.)?exit\b.*node:/);
		const who = caller === undefined ? "the process ends" : `process.exit() was called ${caller}`;
		heard({
			code: "exit",
			message: `${who} while ${phase()}: nothing more is finished or closed; call service.stop() instead`,
		});
	};
	process.on("exit", listener);
	return () => void process.removeListener("exit", listener);
}
