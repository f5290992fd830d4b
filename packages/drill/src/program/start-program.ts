import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { platformTable } from "./platform-table.ts";
import type { ProcessTable } from "./process-table.ts";
import type { Program } from "./program.ts";
import { StartedProcess } from "./started-process.ts";
import { TargetError } from "./target-error.ts";

export interface StartProgramOptions {
	/** Added to the drill's own environment. */
	readonly env?: Readonly<Record<string, string>>;
	/** @default the drill's own */
	readonly cwd?: string;
	/** Is given what the target writes, stdout and stderr alike, as it comes. */
	readonly onOutput?: (text: string) => void;
}

/** The environment variable that every process of a target inherits. A drill within a drill adds to it. */
const markName = "LASTCALL_DRILL";

/**
 * Starts a command in a process group of its own, without input. Resolves when it runs, which does not mean that it
 * listens; rejects with a `TargetError` that names the command if it can't be started, and on Windows. The caller must end
 * with `kill` or `close`; if the drill exits before, the target is killed.
 */
export async function startProgram(
	command: readonly string[],
	options: StartProgramOptions = {},
	table: ProcessTable = platformTable(),
): Promise<Program> {
	const [file, ...args] = command;
	if (!file) throw new TypeError("The command is empty.");
	const mark = randomUUID();
	const outerMark = process.env[markName];
	const env = { ...process.env, ...options.env, [markName]: outerMark ? `${outerMark},${mark}` : mark };
	const child = await spawned(file, args, {
		cwd: options.cwd,
		env,
		detached: true,
		stdio: ["ignore", "pipe", "pipe"],
	});
	return new StartedProcess(child, { name: command.join(" "), mark, table, onOutput: options.onOutput });
}

async function spawned(file: string, args: readonly string[], options: SpawnOptions): Promise<ChildProcess> {
	try {
		const child = spawn(file, args, options);
		// Comes before anything that the child does.
		await once(child, "spawn");
		return child;
	} catch (error) {
		throw startFailure(file, options.cwd, error as NodeJS.ErrnoException);
	}
}

function startFailure(file: string, cwd: SpawnOptions["cwd"], cause: NodeJS.ErrnoException): TargetError {
	// The kernel says ENOENT for either.
	if (cause.code === "ENOENT" && cwd !== undefined && !existsSync(cwd)) {
		const message = `The command "${file}" can't be started: there is no folder ${cwd}.`;
		return new TargetError("ERR_DRILL_START_FAILED", message, { cause });
	}
	if (cause.code === "ENOENT") {
		const where = file.includes("/") ? "" : " in the PATH";
		return new TargetError("ERR_DRILL_COMMAND_NOT_FOUND", `There is no command "${file}"${where}.`, { cause });
	}
	if (cause.code === "EACCES") {
		return new TargetError("ERR_DRILL_COMMAND_NOT_EXECUTABLE", `"${file}" may not be executed.`, { cause });
	}
	return new TargetError("ERR_DRILL_START_FAILED", `The command "${file}" can't be started: ${cause.message}.`, {
		cause,
	});
}
