import { constants } from "node:os";
import type { ExitReport } from "../record/drill-report.ts";
import type { RequestRecord } from "../record/outcome.ts";

/** The exit code as a shell tells it: 128 + n where a signal ended the process, `undefined` where nobody can tell. */
export function exitStatus({ code, signal }: Pick<ExitReport, "code" | "signal">): number | undefined {
	return code ?? (signal === null ? undefined : statusOf(signal));
}

/** Returns true if the process was ended by this signal, or with 128 + its number, which a JVM and a shell make of it. */
export function endedBy(signal: string, exit: Pick<ExitReport, "code" | "signal">): boolean {
	return statusOf(signal) !== undefined && exitStatus(exit) === statusOf(signal);
}

function statusOf(signal: string): number | undefined {
	const number = constants.signals[signal as NodeJS.Signals];
	return number === undefined ? undefined : 128 + number;
}

/** What is known of the time between the stop and an end by its signal. Instants are `performance.now()`. */
export interface SignalEnd {
	readonly stoppedAtMs: number;
	readonly exitedAtMs: number;
	/** Of loads that read at once: what a slow reader still reads may be in the kernel's buffers when its server is gone. */
	readonly records: readonly RequestRecord[];
	readonly lagMs: (fromMs: number, toMs: number) => number;
	readonly crossingMs: number;
}

/** A process that does not handle a signal is gone after some 10 ms; where other programs held the CPU, it took 1 s. */
const AT_ONCE_MS = 2_000;

/**
 * Returns true if the target handled the signal before that ended it, such as a program that cleans up and sends itself the
 * signal again. The exit status is the same either way. But a signal that nobody handles lets no more of the program run: it
 * is gone at once, and answers nothing that was sent after it.
 */
export function handledSignal({ stoppedAtMs, exitedAtMs, records, lagMs, crossingMs }: SignalEnd): boolean {
	if (exitedAtMs - stoppedAtMs > AT_ONCE_MS + lagMs(stoppedAtMs, exitedAtMs)) return true;
	return records.some(({ outcome, sentAtMs, endedAtMs }) => {
		if ((outcome !== "answered" && outcome !== "turned-away") || endedAtMs > exitedAtMs) return false;
		return sentAtMs > stoppedAtMs || endedAtMs - stoppedAtMs > crossingMs + lagMs(stoppedAtMs, endedAtMs);
	});
}
