import type { Phase } from "../core/phase.ts";
import type { Warning } from "../core/warning.ts";

/**
 * Hears that somebody else ends the process before it is closed: who, by the stack of the call. Returns what takes the
 * listener away.
 */
export function onEarlyExit(phase: () => Phase, heard: (warning: Warning) => void): () => void {
	const listener = (): void => {
		if (phase() === "closed") return;
		const { stack = "" } = new Error("exit");
		const frames = stack.split("\n").map((line) => line.trim());
		// Behind Node's own frames is whoever has called it.
		const call = frames.findIndex((frame) => /^at (process\.)?exit\b.*node:/.test(frame));
		const caller = call < 0 ? undefined : frames[call + 1];
		const who =
			caller === undefined ? "the process ends" : `process.exit() was called ${caller.replace("file://", "")}`;
		heard({
			code: "exit",
			message: `${who} while ${phase()}: nothing more is finished or closed; call service.stop() instead`,
		});
	};
	process.on("exit", listener);
	return () => void process.removeListener("exit", listener);
}
