import { quote } from "../core/check-options.ts";
import type { ShutdownReport } from "../core/report.ts";

/** The exit code of a run, as its options have it. */
export interface ExitCodeOptions {
	readonly exit?: boolean | undefined;
	readonly exitCode?: ((report: ShutdownReport) => number) | undefined;
}

/**
 * The exit code that a run ends with: that of `report`, or `process.exitCode` where the run ends the process and that is
 * more; whatever the program's own function makes of it has the last word.
 * @throws {TypeError} where that returns no exit code
 * @throws what it throws
 */
export function exitCodeFor(report: ShutdownReport, { exit, exitCode: ofProgram }: ExitCodeOptions): number {
	const exitCode = exit === false ? report.exitCode : Math.max(report.exitCode, currentExitCode());
	if (ofProgram === undefined) return exitCode;
	const given: unknown = ofProgram({ ...report, exitCode });
	if (typeof given === "number" && Number.isInteger(given) && given >= 0 && given <= 255) return given;
	throw new TypeError(`exitCode: wanted an integer from 0 to 255, got ${quote(given)}`);
}

/** Makes the exit code of the process `exitCode` where it is less. */
export function raiseExitCode(exitCode: number): void {
	process.exitCode = Math.max(exitCode, currentExitCode());
}

/** Calls `heard` as the process ends, where it does so with another exit code than `reported`. */
export function onOtherExitCode(reported: number, heard: (exitCode: number) => void): void {
	process.once("exit", (code) => {
		const exitCode = Number(process.exitCode ?? code);
		if (exitCode !== reported) heard(exitCode);
	});
}

/** Node.js takes a string of digits, too. */
function currentExitCode(): number {
	return Number(process.exitCode ?? 0);
}
