import { networkInterfaces } from "node:os";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { LINUX_TABLE } from "#src/program/linux-table.js";
import { platformTable } from "#src/program/platform-table.js";
import type { ProcessTable } from "#src/program/process-table.js";
import type { Program } from "#src/program/program.js";
import { PS_TABLE } from "#src/program/ps-table.js";
import { type StartProgramOptions, startProgram } from "#src/program/start-program.js";

/** Every process table that works on this platform. */
export const tables: readonly [name: string, table: ProcessTable][] =
	process.platform === "linux"
		? [
				["/proc", LINUX_TABLE],
				["ps", PS_TABLE],
			]
		: [["ps", PS_TABLE]];

export const hasIpv6: boolean = Object.values(networkInterfaces()).some((list) =>
	list?.some(({ address }) => address === "::1"),
);

/** A program, and its output. */
export interface StartedProgram {
	readonly target: Program;
	/** Resolves when its output matches. The test's time limit ends a wait in vain. */
	said(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Starts a program that is killed when the test is over. */
export async function started(
	test: TestContext,
	command: readonly string[],
	options: StartProgramOptions = {},
	table: ProcessTable = platformTable(),
): Promise<StartedProgram> {
	let look = (): void => {};
	const target = await startProgram(command, { ...options, onOutput: () => look() }, table);
	test.after(() => target.kill());
	return {
		target,
		said: (pattern) =>
			new Promise((resolve) => {
				look = () => {
					const match = pattern.exec(target.output);
					if (match) resolve(match);
				};
				look();
			}),
	};
}

/** The command that runs a fixture. */
export function fixture(name: string, ...args: string[]): string[] {
	return [process.execPath, fileURLToPath(new URL(`../fixtures/${name}.js`, import.meta.url)), ...args];
}

/** The same as one line for a shell. */
export function fixtureLine(name: string, ...args: string[]): string {
	return fixture(name, ...args)
		.map((word) => `'${word}'`)
		.join(" ");
}

/** Returns true if a process is alive; a zombie is not. */
export async function isLiving(pid: number): Promise<boolean> {
	return (await platformTable().read()).some((entry) => entry.pid === pid);
}

/** The pids of a program's processes. */
export async function pids(target: Program): Promise<number[]> {
	return (await target.processes()).map(({ pid }) => pid);
}
