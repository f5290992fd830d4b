import { quote } from "../core/check-options.ts";
import type { ShutdownReport } from "../core/report.ts";

/** The options of `run` that decide the exit code. */
export interface ExitCodeOptions {
	readonly exit?: boolean | undefined;
	readonly exitCode?: ((report: ShutdownReport) => number) | undefined;
}

/**
 * Returns the exit code of a run: that of `report`, or `process.exitCode` if the run ends the process and that is higher. The
 * program's own function gets this code, and what it returns replaces it.
 * @throws {TypeError} if that is not an exit code
 * @throws what the function throws
 */
export function exitCodeFor(report: ShutdownReport, { exit, exitCode: chooseExitCode }: ExitCodeOptions): number {
	const exitCode = exit === false ? report.exitCode : Math.max(report.exitCode, currentExitCode());
	if (chooseExitCode === undefined) return exitCode;
	const chosen: unknown = chooseExitCode({ ...report, exitCode });
	if (typeof chosen === "number" && Number.isInteger(chosen) && chosen >= 0 && chosen <= 255) return chosen;
	throw new TypeError(`exitCode: wanted an integer from 0 to 255, got ${quote(chosen)}`);
}

/** Sets the exit code of the process to `exitCode`, unless it is higher already. */
export function raiseExitCode(exitCode: number): void {
	process.exitCode = Math.max(exitCode, currentExitCode());
}

/** Calls `onOther` when the process exits, if its exit code is not `reported`. */
export function onOtherExitCode(reported: number, onOther: (exitCode: number) => void): void {
	process.once("exit", (code) => {
		const exitCode = Number(process.exitCode ?? code);
		if (exitCode !== reported) onOther(exitCode);
	});
}

/** Node.js also accepts a string of digits. */
function currentExitCode(): number {
	return Number(process.exitCode ?? 0);
}
