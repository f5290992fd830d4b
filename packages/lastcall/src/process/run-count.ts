/** The runs of this process that have not ended, and the highest exit code of those that may end the process. */
interface RunCount {
	active: number;
	exitCode: number | undefined;
}

/** Shared by all copies of this package in the process. */
const KEY = Symbol.for("lastcall.runs");

/** What `lastcall/auto` leaves in a process. */
interface Auto {
	/** Called when a run begins: the program now shuts down by itself. */
	retire?: () => void;
}

/** Shared by all copies of this package in the process. */
const AUTO = Symbol.for("lastcall.auto");

/** Counts a run. The last one to end ends the process, so that none cuts another one short. */
export function beginRun(): void {
	runCount().active++;
	(globalThis as { [AUTO]?: Auto })[AUTO]?.retire?.();
}

/** Returns true if a run of the program has begun and not ended. */
export function isRunActive(): boolean {
	return runCount().active > 0;
}

/** Calls `retire` when a run of the program begins. For `lastcall/auto`. */
export function onRunBegins(retire: () => void): void {
	const holder = globalThis as { [AUTO]?: Auto };
	holder[AUTO] = { retire };
}

/**
 * Ends a run. Returns the exit code of the process if this was the last run and one of them may end the process.
 * @param exitCode the exit code of this run, if it may end the process
 */
export function endRun(exitCode: number | undefined): number | undefined {
	const count = runCount();
	count.active--;
	if (exitCode !== undefined) count.exitCode = Math.max(count.exitCode ?? 0, exitCode);
	return count.active === 0 ? count.exitCode : undefined;
}

function runCount(): RunCount {
	const holder = globalThis as { [KEY]?: RunCount };
	holder[KEY] ??= { active: 0, exitCode: undefined };
	return holder[KEY];
}
