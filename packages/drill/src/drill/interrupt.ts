import { constants } from "node:os";

/** The drill's own end by a signal. */
export interface Interrupt {
	/** Aborts at the first signal. */
	readonly signal: AbortSignal;
	/** 128 + the signal's number, once there was one. */
	readonly exitCode: number | undefined;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Listens to the signals that end a program, until it has ended: the first lets the drill end its target and clean up. A
 * second, deliberate one exits at once, which kills what was started as a last resort; one within 200 ms is the same
 * Ctrl+C, sent on by npm.
 */
export function interruptible(): Interrupt {
	const controller = new AbortController();
	let exitCode: number | undefined;
	let firstAtMs = 0;
	const heard = (signal: (typeof SIGNALS)[number]): void => {
		if (exitCode !== undefined && performance.now() - firstAtMs > 200) process.exit(exitCode);
		firstAtMs = performance.now();
		exitCode ??= 128 + constants.signals[signal];
		controller.abort();
	};
	for (const signal of SIGNALS) process.on(signal, heard);
	return {
		signal: controller.signal,
		get exitCode() {
			return exitCode;
		},
	};
}
