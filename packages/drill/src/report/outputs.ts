import { accessSync, constants, statSync } from "node:fs";
import { appendFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { DrillOptions } from "../options/drill-options.ts";
import { quote, UsageError } from "../options/usage-error.ts";
import type { DrillReport, RoundData } from "../record/drill-report.ts";
import { htmlPage } from "./html-page.ts";
import { junit } from "./junit.ts";
import { makePageData } from "./page-data.ts";
import { stepSummary } from "./step-summary.ts";
import { trace } from "./trace.ts";

const FILES = ["html", "json", "junit", "trace"] as const;

/** Checks before the drill that its files can be written after it. Throws a `UsageError` for the first that can't. */
export function checkOutputs(options: DrillOptions): void {
	for (const name of FILES) {
		const file = options[name];
		if (file === undefined) continue;
		const isFolder = statSync(file, { throwIfNoEntry: false })?.isDirectory();
		if (isFolder) throw new UsageError(`--${name}: wanted a file, got the folder ${quote(file)}`);
		try {
			accessSync(dirname(file), constants.W_OK);
		} catch (error) {
			throw new UsageError(`--${name}: can't write ${quote(file)} (${(error as NodeJS.ErrnoException).code})`);
		}
	}
}

/**
 * Writes the files that were asked for, and GitHub's step summary if the environment names one. A failure does not stop the
 * others. Returns the message of each failure.
 */
export async function writeOutputs(
	options: DrillOptions,
	report: DrillReport,
	rounds: readonly RoundData[],
): Promise<string[]> {
	const { html, json, junit: xml, trace: traceFile } = options;
	const { GITHUB_STEP_SUMMARY } = process.env;
	const failures: string[] = [];
	// One after another: each may need memory for every request.
	for (const write of [
		() => html !== undefined && writeFile(html, htmlPage(makePageData(report, rounds))),
		() => json !== undefined && writeFile(json, `${JSON.stringify(report, undefined, "\t")}\n`),
		() => xml !== undefined && writeFile(xml, junit(report)),
		() => traceFile !== undefined && writeFile(traceFile, trace(report, rounds)),
		() => GITHUB_STEP_SUMMARY && appendFile(GITHUB_STEP_SUMMARY, stepSummary(report)),
	]) {
		try {
			await write();
		} catch (error) {
			failures.push((error as Error).message);
		}
	}
	return failures;
}
