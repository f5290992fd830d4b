/** The runs of this process that have not ended, and the highest exit code of those that may end the process. */
interface RunCount {
	active: number;
	exitCode: number | undefined;
}

/** Shared by all copies of this package in the process. */
const KEY = Symbol.for("lastcall.runs");

/** Counts a run. The last one to end ends the process, so that none cuts another one short. */
export function beginRun(): void {
	runCount().active++;
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
