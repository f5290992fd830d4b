import type { ShutdownReport } from "../core/report.ts";
import type { ServiceState } from "../core/service-state.ts";
import { onEarlyExit } from "./early-exit.ts";
import { onInputEnd } from "./input-end.ts";
import { describeHandles, openHandles } from "./open-handles.ts";
import { onParentRequest } from "./parent.ts";
import { onPm2Stop } from "./pm2.ts";
import { onSignal } from "./signals.ts";

/** The options of `run` for this. */
export interface WatchOptions {
	readonly snapshotSignal?: NodeJS.Signals | undefined;
	readonly stopOnStdinEnd?: boolean | undefined;
}

/** What `run` has begun to listen to. */
export interface WatchedProcess {
	/** `main` has ended, or is taking long: an end of the input that nothing reads counts from now on. */
	started(): void;
	leave(report: ShutdownReport): void;
}

/**
 * Listens for the snapshot signal, for a parent's request to stop, for the end of standard input, and for an early exit. `leave` ends
 * this, and sends the parent how the service ended.
 */
export function watchProcess(state: ServiceState, { snapshotSignal, stopOnStdinEnd }: WatchOptions): WatchedProcess {
	const ignoreSignal = onSnapshotSignal(state, snapshotSignal);
	const stop = (): void => void state.stop({ kind: "parent" });
	// A parent under `lastcall/auto` asks for the drain alone. This program ends after it, as at any other stop.
	const parent = onParentRequest({ stop, drain: stop, deliver: () => {}, disconnect: stop });
	state.siblings = parent.siblings;
	const ignorePm2 = onPm2Stop(() => void state.stop({ kind: "parent", by: "PM2" }));
	const input = stopOnStdinEnd
		? onInputEnd((error) => void state.stop({ kind: "input-ended", ...(error !== undefined && { error }) }))
		: undefined;
	const ignoreExit = onEarlyExit(
		() => state.lifecycle.phase,
		(warning) => {
			state.warn(warning);
			state.closers.abandon();
		},
	);
	return {
		started: () => input?.watch(),
		leave: ({ exitCode, left, errors }) => {
			ignoreSignal();
			parent.leave({ exitCode, left: left.length, failed: errors.length });
			ignorePm2();
			input?.leave();
			ignoreExit();
		},
	};
}

/** Emits what the program is doing, at each `signal`, if there is one. Returns a function that ends this. */
export function onSnapshotSignal(state: ServiceState, signal: NodeJS.Signals | undefined): () => void {
	return onSignal(signal, () => {
		state.emit({ type: "snapshot", snapshot: state.snapshot(), openHandles: describeHandles(openHandles()) });
	});
}
