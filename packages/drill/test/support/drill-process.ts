import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { DrillReport } from "#src/record/drill-report.js";
import type { Reason } from "#src/record/verdict.js";

/** The compiled command. */
export const CLI: string = fileURLToPath(new URL("../../../dist/cli.js", import.meta.url));

/** How many rounds of each kind: `usual`, unless the environment asks for more. */
export function rounds(usual: number): number {
	return Number(process.env.LASTCALL_DRILL_ROUNDS ?? usual);
}

/** How a drill is started. */
interface DrillProcessOptions {
	/** Added to `plainEnvironment()`. */
	readonly env?: NodeJS.ProcessEnv;
	/** @default a new folder, see `folder` */
	readonly cwd?: string;
}

/** How a drill ended. */
export interface DrillEnd {
	/** As in a shell: 128 + n if a signal n ended it, as may happen in the instant after its last listener is removed. */
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
}

/** The drill as a child process, in an empty folder. */
export class DrillProcess {
	readonly child: ChildProcess;
	readonly ended: Promise<DrillEnd>;
	stdout = "";
	stderr = "";
	#look: () => void = () => {};

	constructor(test: TestContext, args: readonly string[], { env, cwd }: DrillProcessOptions = {}) {
		this.child = spawn(process.execPath, [CLI, ...args], {
			cwd: cwd ?? folder(test),
			env: { ...plainEnvironment(), ...env },
			stdio: ["ignore", "pipe", "pipe"],
		});
		this.child.stdout?.setEncoding("utf8").on("data", (text) => {
			this.stdout += text;
		});
		this.child.stderr?.setEncoding("utf8").on("data", (text) => {
			this.stderr += text;
			this.#look();
		});
		// It ends its targets at the signal.
		test.after(() => this.child.kill("SIGTERM"));
		this.ended = once(this.child, "close").then(([code, signal]) => {
			this.#look();
			return {
				code: code ?? 128 + constants.signals[signal as NodeJS.Signals],
				stdout: this.stdout,
				stderr: this.stderr,
			};
		});
	}

	/** Resolves when its standard error matches; rejects if it ends before. */
	said(pattern: RegExp): Promise<RegExpExecArray> {
		return new Promise((resolve, reject) => {
			this.#look = () => {
				const match = pattern.exec(this.stderr);
				if (match) resolve(match);
			};
			this.#look();
			void this.ended.then(() => reject(new Error(`it never said ${pattern}:\n${this.stderr}`)));
		});
	}
}

/** Runs the drill to its end. */
export function drilled(test: TestContext, args: readonly string[], options?: DrillProcessOptions): Promise<DrillEnd> {
	return new DrillProcess(test, args, options).ended;
}

/** Runs the drill to its end and reads its JSON report. */
export async function reported(
	test: TestContext,
	args: readonly string[],
	options?: DrillProcessOptions,
): Promise<DrillEnd & { report: DrillReport }> {
	const file = join(folder(test), "report.json");
	const end = await drilled(test, ["--json", file, ...args], options);
	if (end.code !== 0 && end.code !== 1) throw new Error(`exit code ${end.code}: ${end.stderr}`);
	return { ...end, report: JSON.parse(readFileSync(file, "utf8")) };
}

/**
 * The reasons of a verdict, without the note about idle connections: Node.js ends those of the examples after 5 or 6 s, and on a
 * busy machine a drill may last longer.
 */
export function reasonsOf({ verdict }: DrillReport): readonly Reason[] {
	return verdict.reasons.filter(({ code, fails }) => fails || code !== "keep-alive-too-short");
}

/** A new empty folder, which is removed after the test. */
export function folder(test: TestContext): string {
	const path = mkdtempSync(join(tmpdir(), "drill-test-"));
	test.after(() => rmSync(path, { recursive: true }));
	return path;
}

/** The command that runs one of the servers in the fixtures. */
export function server(name: string, ...args: string[]): string[] {
	return [process.execPath, fileURLToPath(new URL(`../fixtures/servers/${name}.js`, import.meta.url)), ...args];
}

/** The compiled example of this repository, on a free port; the drill's own code doesn't know it. */
export const EXAMPLE: readonly string[] = [
	process.execPath,
	fileURLToPath(new URL("../../../../../examples/dist/http-server.js", import.meta.url)),
];

/** Another one, whose handler keeps the CPU busy. */
export const COMPUTING: readonly string[] = [
	process.execPath,
	fileURLToPath(new URL("../../../../../examples/dist/computing.js", import.meta.url)),
];

/** What they need in their environment. */
export const EXAMPLE_ENV = { PORT: "0", WORK_MS: "20" } as const;

/** An environment without what changes the output. */
export function plainEnvironment(): NodeJS.ProcessEnv {
	const { CI: _, GITHUB_STEP_SUMMARY: __, NO_COLOR: ___, FORCE_COLOR: ____, ...rest } = process.env;
	return rest;
}
