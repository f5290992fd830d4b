/** How many runs of this process have not ended, and the worst exit code of those that may end the process. */
interface Runs {
	active: number;
	exitCode: number | undefined;
}

/** Shared by every copy of this package that the process may have loaded. */
const KEY = Symbol.for("lastcall.runs");

/** Counts a run in. The process is ended by the run that ends last, so that none cuts another short. */
export function beginRun(): void {
	runs().active++;
}

/**
 * Counts a run out; `exitCode` where it may end the process. Returns the exit code of the process where this was the
 * last run and one of them may end it.
 */
export function endRun(exitCode: number | undefined): number | undefined {
	const all = runs();
	all.active--;
	if (exitCode !== undefined) all.exitCode = Math.max(all.exitCode ?? 0, exitCode);
	return all.active === 0 ? all.exitCode : undefined;
}

function runs(): Runs {
	const holder = globalThis as { [KEY]?: Runs };
	holder[KEY] ??= { active: 0, exitCode: undefined };
	return holder[KEY];
}
