import { constants } from "node:os";

/** The state of the drill's own signals. */
export interface Interrupt {
	/** Aborts at the first signal. */
	readonly signal: AbortSignal;
	/** 128 + the number of the first signal, once there was one. */
	readonly exitCode: number | undefined;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Handles the signals that end a program. The first one lets the drill end its target and clean up. A second one exits at
 * once, and what was started is killed as a last resort. A second one within 200 ms is the same Ctrl+C, forwarded by npm.
 */
export function interruptible(): Interrupt {
	const controller = new AbortController();
	let exitCode: number | undefined;
	let firstAtMs = 0;
	const onSignal = (signal: (typeof SIGNALS)[number]): void => {
		if (exitCode !== undefined && performance.now() - firstAtMs > 200) process.exit(exitCode);
		firstAtMs = performance.now();
		exitCode ??= 128 + constants.signals[signal];
		controller.abort();
	};
	for (const signal of SIGNALS) process.on(signal, onSignal);
	return {
		signal: controller.signal,
		get exitCode() {
			return exitCode;
		},
	};
}
