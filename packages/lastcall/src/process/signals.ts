import { constants } from "node:os";
import { quote } from "../core/check-options.ts";
import { type SignalReason, STOP_SIGNALS } from "../core/stop-signal.ts";

/** A property of the listeners of every copy of this package. */
const OURS = Symbol.for("lastcall.listener");

/** The signals that the snapshot signal cannot be: those that stop the service, and those that no program can listen for. */
const NOT_FOR_SNAPSHOTS: readonly string[] = [...STOP_SIGNALS, "SIGKILL", "SIGSTOP"];

/** Returns true if `listener` is a listener of lastcall. */
export function isOurs(listener: object): boolean {
	return OURS in listener;
}

/**
 * Calls `onStopSignal` for each stop signal that the platform has. Other listeners are left alone. Returns a function that
 * removes the listener.
 */
export function onStopSignals(onStopSignal: (reason: SignalReason) => void): () => void {
	const known = STOP_SIGNALS.filter((signal) => signal in constants.signals);
	const listener = (signal: NodeJS.Signals): void => {
		const interactive = signal === "SIGINT" && process.stdin.isTTY === true;
		onStopSignal({ kind: "signal", signal, number: constants.signals[signal], interactive });
	};
	Object.assign(listener, { [OURS]: true });
	// Before the other listeners: by the time that one of them closes something, the shutdown has begun.
	for (const signal of known) process.prependListener(signal, listener);
	return () => {
		for (const signal of known) process.removeListener(signal, listener);
	};
}

/**
 * Checks that a program can listen for `signal`, and that it stops nothing.
 * @throws {TypeError} if that is not so
 */
export function checkSnapshotSignal(signal: unknown): void {
	if (signal === undefined) return;
	if (typeof signal === "string" && signal in constants.signals && !NOT_FOR_SNAPSHOTS.includes(signal)) return;
	throw new TypeError(
		`snapshotSignal: wanted a signal that the program can listen for and that stops nothing, got ${quote(signal)}`,
	);
}

/** Calls `listener` at each `signal`, if there is one. Returns a function that removes the listener. */
export function onSignal(signal: NodeJS.Signals | undefined, listener: () => void): () => void {
	if (signal === undefined) return () => {};
	process.on(signal, listener);
	return () => void process.removeListener(signal, listener);
}
