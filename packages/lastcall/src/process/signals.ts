import { constants } from "node:os";
import { quote } from "../core/check-options.ts";
import { type SignalReason, STOP_SIGNALS } from "../core/stop-signal.ts";

/** On the listeners of every copy of this package. */
const OURS = Symbol.for("lastcall.listener");

/** Returns true if `listener` is one of ours. */
export function isOurs(listener: object): boolean {
	return OURS in listener;
}

/**
 * Listens for stop signals, ahead of the listeners that are there already; those are left alone. `heard` is called for each
 * signal. Returns a function that removes ours.
 */
export function onStopSignals(heard: (reason: SignalReason) => void): () => void {
	const known = STOP_SIGNALS.filter((signal) => signal in constants.signals);
	const listener = (signal: NodeJS.Signals): void => {
		const interactive = signal === "SIGINT" && process.stdin.isTTY === true;
		heard({ kind: "signal", signal, number: constants.signals[signal], interactive });
	};
	Object.assign(listener, { [OURS]: true });
	// Before those that are there: what an old handler closes at the signal is to know of the shutdown by then.
	for (const signal of known) process.prependListener(signal, listener);
	return () => {
		for (const signal of known) process.removeListener(signal, listener);
	};
}

/**
 * Throws unless `signal` is one that can be heard, and stops nothing.
 * @throws {TypeError}
 */
export function checkSnapshotSignal(signal: unknown): void {
	if (signal === undefined) return;
	const can = typeof signal === "string" && signal in constants.signals;
	if (can && ![...(STOP_SIGNALS as readonly string[]), "SIGKILL", "SIGSTOP"].includes(signal)) return;
	throw new TypeError(`snapshotSignal: wanted a signal that can be heard and stops nothing, got ${quote(signal)}`);
}

/** Listens for `signal`, if given. Returns what takes the listener away. */
export function onSignal(signal: NodeJS.Signals | undefined, heard: () => void): () => void {
	if (signal === undefined) return () => {};
	process.on(signal, heard);
	return () => void process.removeListener(signal, heard);
}
