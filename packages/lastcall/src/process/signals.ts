import { constants } from "node:os";
import { quote } from "../core/options.ts";
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

/**
 * Throws unless `signal` is one that can be heard, and stops nothing.
 * @throws {TypeError}
 */
export function checkSnapshotSignal(signal: unknown): void {
	if (signal === undefined) return;
	const can = typeof signal === "string" && signal in constants.signals;
	if (can && ![...STOP_SIGNALS, "SIGKILL", "SIGSTOP"].includes(signal)) return;
	throw new TypeError(`snapshotSignal: wanted a signal that can be heard and stops nothing, got ${quote(signal)}`);
}

/** Listens for `signal`, if given. Returns what takes the listener away. */
export function onSignal(signal: NodeJS.Signals | undefined, heard: () => void): () => void {
	if (signal === undefined) return () => {};
	process.on(signal, heard);
	return () => void process.removeListener(signal, heard);
}
