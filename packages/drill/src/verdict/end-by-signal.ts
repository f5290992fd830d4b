import { constants } from "node:os";
import type { ExitReport } from "../record/drill-report.ts";
import type { RequestRecord } from "../record/outcome.ts";

/** Returns the exit code as a shell shows it: 128 + n if a signal ended the process; undefined if it is not known. */
export function exitStatus({ code, signal }: Pick<ExitReport, "code" | "signal">): number | undefined {
	return code ?? (signal === null ? undefined : signalStatus(signal));
}

/** Returns true if this signal ended the process, or it exited with 128 + the signal's number, as a JVM or a shell does. */
export function endedBy(signal: string, exit: Pick<ExitReport, "code" | "signal">): boolean {
	return signalStatus(signal) !== undefined && exitStatus(exit) === signalStatus(signal);
}

function signalStatus(signal: string): number | undefined {
	const number = constants.signals[signal as NodeJS.Signals];
	return number === undefined ? undefined : 128 + number;
}

/** What is known of the time between the stop and an end by the signal. Instants are `performance.now()`. */
export interface SignalEnd {
	readonly stoppedAtMs: number;
	readonly exitedAtMs: number;
	/** Records of loads that read at once: a slow reader may still read from the kernel's buffers after the end. */
	readonly records: Iterable<RequestRecord>;
	readonly lagMs: (fromMs: number, toMs: number) => number;
	readonly crossingMs: number;
}

/** A process that does not handle a signal ends after some 10 ms. On a busy machine it took 1 s. */
const AT_ONCE_MS = 2_000;

/**
 * Returns true if the target handled the signal before the signal ended it, as a program does that cleans up and sends itself
 * the signal again. The exit status is the same either way. But after a signal that is not handled, the program runs no
 * more: it ends at once, and answers no request that was sent later.
 */
export function handledSignal({ stoppedAtMs, exitedAtMs, records, lagMs, crossingMs }: SignalEnd): boolean {
	if (exitedAtMs - stoppedAtMs > AT_ONCE_MS + lagMs(stoppedAtMs, exitedAtMs)) return true;
	for (const { outcome, sentAtMs, endedAtMs } of records) {
		if ((outcome !== "answered" && outcome !== "turned-away") || endedAtMs > exitedAtMs) continue;
		if (sentAtMs > stoppedAtMs || endedAtMs - stoppedAtMs > crossingMs + lagMs(stoppedAtMs, endedAtMs)) return true;
	}
	return false;
}
