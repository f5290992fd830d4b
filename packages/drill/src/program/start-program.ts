import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { platformTable } from "./platform-table.ts";
import type { ProcessTable } from "./process-table.ts";
import type { Program } from "./program.ts";
import { StartedProcess } from "./started-process.ts";
import { TargetError } from "./target-error.ts";

export interface StartProgramOptions {
	/** Called with what the program writes to stdout and stderr, as it arrives. */
	readonly onOutput?: (text: string) => void;
}

/** The environment variable that every process of the program inherits. A drill within a drill adds to it. */
const MARK_NAME = "LASTCALL_DRILL";

/**
 * Starts a command in a process group of its own, without input. Resolves when the command runs; it may not listen yet.
 * Rejects with a `TargetError` that names the command if it can't be started, and on Windows. The caller must call `kill` or
 * `close` in the end; if the drill exits before that, the program is killed.
 */
export async function startProgram(
	command: readonly string[],
	options: StartProgramOptions = {},
	table: ProcessTable = platformTable(),
): Promise<Program> {
	const [file, ...args] = command;
	if (!file) throw new TypeError("command: wanted a program and its arguments, got []");
	const mark = randomUUID();
	const outerMark = process.env[MARK_NAME];
	const env = { ...process.env, [MARK_NAME]: outerMark ? `${outerMark},${mark}` : mark };
	const child = await spawnProcess(file, args, { env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
	return new StartedProcess(child, { name: command.join(" "), mark, table, onOutput: options.onOutput });
}

async function spawnProcess(file: string, args: readonly string[], options: SpawnOptions): Promise<ChildProcess> {
	try {
		const child = spawn(file, args, options);
		// This event comes before any other of the child.
		await once(child, "spawn");
		return child;
	} catch (error) {
		throw startFailure(file, error as NodeJS.ErrnoException);
	}
}

function startFailure(file: string, cause: NodeJS.ErrnoException): TargetError {
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
