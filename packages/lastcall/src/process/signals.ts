import { constants } from "node:os";
import type { StopReason } from "../core/stop-reason.ts";

/** A signal as a stop reason. */
export type SignalReason = Extract<StopReason, { kind: "signal" }>;

/** What asks a program to stop, as far as the platform has it: SIGBREAK is Windows' Ctrl+Break. */
export const STOP_SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"];

/**
 * Signals closer together than this are one: under `npm run`, a terminal's Ctrl+C arrives twice within a millisecond;
 * nodemon sends three within 35 ms. Nobody who has read "shutting down" presses again that fast.
 */
const ONE_SIGNAL_MS = 200;

/**
 * Listens for signals: `first` hears the first, `second` each deliberate one after it. Listeners of others are left
 * alone. Returns what takes ours away.
 */
export function onStopSignals(
	first: (reason: SignalReason) => void,
	second: (reason: SignalReason) => void,
	now: () => number = () => performance.now(),
): () => void {
	const known = STOP_SIGNALS.filter((signal) => signal in constants.signals);
	let firstAt: number | undefined;
	const heard = (signal: NodeJS.Signals): void => {
		const number = constants.signals[signal];
		const interactive = signal === "SIGINT" && process.stdin.isTTY === true;
		const reason: SignalReason = { kind: "signal", signal, number, interactive };
		if (firstAt === undefined) {
			firstAt = now();
			first(reason);
		} else if (now() - firstAt >= ONE_SIGNAL_MS) {
			second(reason);
		}
	};
	for (const signal of known) process.on(signal, heard);
	return () => {
		for (const signal of known) process.removeListener(signal, heard);
	};
}
