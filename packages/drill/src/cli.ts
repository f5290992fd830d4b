#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { drill } from "./drill/drill.ts";
import { type Interrupt, interruptible } from "./drill/own-signals.ts";
import { parseCommandLine } from "./options/command-line.ts";
import type { DrillOptions } from "./options/drill-options.ts";
import { readOptions } from "./options/read-options.ts";
import { UsageError } from "./options/usage-error.ts";
import { TargetError } from "./program/target-error.ts";
import { colorsFor } from "./report/colors.ts";
import { ignoreBrokenPipes } from "./report/ignore-broken-pipes.ts";
import { checkOutputs, writeOutputs } from "./report/outputs.ts";
import { createProgress, type Progress } from "./report/progress.ts";
import { summary, verdictText } from "./report/summary.ts";

/** The exit codes. After a signal to the drill itself: 128 + the signal's number. */
const EXIT = { pass: 0, fail: 1, usage: 2, target: 3 } as const;

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
	version: string;
};

ignoreBrokenPipes(process.stdout, process.stderr);
process.exitCode = await main(process.argv.slice(2));

/** Does what the command line says. Resolves to the exit code. */
async function main(words: readonly string[]): Promise<number> {
	let options: DrillOptions;
	try {
		const parsed = parseCommandLine(words, version);
		if ("print" in parsed) {
			process.stdout.write(parsed.print);
			return EXIT.pass;
		}
		options = readOptions(parsed.drill);
		checkOutputs(options);
	} catch (error) {
		if (!(error instanceof UsageError)) throw error;
		printError(`${error.message}\nTry lastcall-drill --help`);
		return EXIT.usage;
	}
	const interrupt = interruptible();
	const progress: Progress = options.quiet
		? { onEvent: () => {}, pass: (text) => void process.stderr.write(text), end: () => {} }
		: createProgress(process.stderr, options.rounds);
	try {
		return await runDrill(options, interrupt, progress);
	} catch (error) {
		progress.end();
		if (interrupt.exitCode !== undefined) {
			printError("interrupted; the target has been ended");
			return interrupt.exitCode;
		}
		if (!(error instanceof TargetError)) throw error;
		printError(error.message);
		return EXIT.target;
	}
}

async function runDrill(options: DrillOptions, interrupt: Interrupt, progress: Progress): Promise<number> {
	const { report, rounds } = await drill(options, {
		version,
		abort: interrupt.signal,
		onEvent: progress.onEvent,
		onOutput: (text) => {
			if (options.verbose) progress.pass(text);
		},
	});
	progress.end();
	const colors = colorsFor(process.stdout);
	process.stdout.write(options.quiet ? `${verdictText(report, colors)}\n` : `\n${summary(report, colors)}`);
	const failures = await writeOutputs(options, report, rounds);
	for (const failure of failures) printError(failure);
	if (failures.length > 0) return EXIT.usage;
	return report.verdict.passed ? EXIT.pass : EXIT.fail;
}

function printError(message: string): void {
	process.stderr.write(`lastcall-drill: ${message}\n`);
}
