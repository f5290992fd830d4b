import { constants } from "node:os";
import { quote } from "../core/check-options.ts";
import { type SignalReason, STOP_SIGNALS } from "../core/stop-signal.ts";

/** A property of the listeners of every copy of this package. */
const OURS = Symbol.for("lastcall.listener");

/** No program can listen for these. */
const UNSEEN: readonly string[] = ["SIGKILL", "SIGSTOP"];

/**
 * Node.js uses SIGCHLD for its children and SIGPROF for its profiler. The others are faults of the program: after a listener for one of
 * them, the same instruction fails again.
 */
const NOT_FOR_STOPS: readonly string[] = [...UNSEEN, "SIGCHLD", "SIGPROF", "SIGBUS", "SIGFPE", "SIGILL", "SIGSEGV"];

/** Returns true if `listener` is a listener of lastcall. */
export function isOurs(listener: object): boolean {
	return OURS in listener;
}

/** Marks `listener` as one of lastcall. Returns it. */
export function markOurs<Listener extends object>(listener: Listener): Listener {
	return Object.assign(listener, { [OURS]: true });
}

/**
 * Calls `onStopSignal` for each of `signals` that the platform has. Other listeners are left alone. Returns a function that
 * removes the listener.
 */
export function onStopSignals(
	signals: readonly NodeJS.Signals[],
	onStopSignal: (reason: SignalReason) => void,
): () => void {
	const known = signals.filter((signal) => signal in constants.signals);
	const listener = markOurs((signal: NodeJS.Signals): void => onStopSignal(signalReason(signal)));
	// Before the other listeners: by the time that one of them closes something, the shutdown has begun.
	for (const signal of known) process.prependListener(signal, listener);
	return () => {
		for (const signal of known) process.removeListener(signal, listener);
	};
}

/** Returns `signal` as a stop reason. */
export function signalReason(signal: NodeJS.Signals): SignalReason {
	const interactive = signal === "SIGINT" && process.stdin.isTTY === true;
	return { kind: "signal", signal, number: constants.signals[signal], interactive };
}

/**
 * Returns the signals that stop the service: those that always do, and the extra ones.
 * @throws {TypeError} if `extra` is not a list of names of signals that a program can listen for
 */
export function checkStopSignals(extra: unknown = []): NodeJS.Signals[] {
	if (!Array.isArray(extra)) throw new TypeError(`extraStopSignals: wanted a list of signals, got ${quote(extra)}`);
	for (const signal of extra) {
		if (isSignal(signal) && !NOT_FOR_STOPS.includes(signal)) continue;
		throw new TypeError(
			`extraStopSignals: wanted signals that the program can listen for, such as "SIGUSR2", got ${quote(signal)}`,
		);
	}
	return [...new Set<NodeJS.Signals>([...STOP_SIGNALS, ...extra])];
}

/**
 * Checks that a program can listen for `signal`, and that it is none of `stopSignals`.
 * @throws {TypeError} if that is not so
 */
export function checkSnapshotSignal(signal: unknown, stopSignals: readonly string[]): void {
	if (signal === undefined) return;
	if (isSignal(signal) && !stopSignals.includes(signal) && !UNSEEN.includes(signal)) return;
	throw new TypeError(
		`snapshotSignal: wanted a signal that the program can listen for and that stops nothing, got ${quote(signal)}`,
	);
}

/** On Windows, a signal of another platform is accepted: it never comes. */
function isSignal(signal: unknown): signal is NodeJS.Signals {
	if (typeof signal !== "string") return false;
	return signal in constants.signals || (process.platform === "win32" && /^SIG[A-Z\d]+$/.test(signal));
}

/** Calls `listener` at each `signal`, if there is one. Returns a function that removes the listener. */
export function onSignal(signal: NodeJS.Signals | undefined, listener: () => void): () => void {
	if (signal === undefined) return () => {};
	process.on(signal, listener);
	return () => void process.removeListener(signal, listener);
}
