import { accessSync, constants } from "node:fs";
import { isMainThread } from "node:worker_threads";
import { stuckInPool, stuckWorkers } from "./stuck-threads.ts";

/** How a process with stuck threads is ended: replaced by a program that exits, killed, or aborted. */
export type ForcedEnd = "execve" | "SIGKILL" | "SIGABRT";

/** Called before the process is ended by force, because `process.exit()` would wait for `threads`. */
export type OnForcedEnd = (end: {
	readonly threads: string;
	readonly by: ForcedEnd;
	readonly exitCode: number;
}) => void;

type Execve = (file: string, args: readonly string[], env: Record<string, string>) => never;

/** The work of the thread pool that was found to be stuck. */
let stuckPoolWork: readonly string[] = [];

/**
 * Makes sure that the process ends when it exits, even if a thread is stuck. `process.exit()` and an exit without it wait for
 * libuv's thread pool and for worker threads, and by then no code of the program can end that wait.
 */
export function guardExit(onForcedEnd: OnForcedEnd): void {
	// A worker thread must not end the whole process.
	if (!isMainThread) return;
	process.on("exit", (code) => {
		const threads = [...stuckPoolWork, ...stuckWorkers()];
		if (threads.length > 0) endByForce(Number(process.exitCode ?? code), threads.join(", "), onForcedEnd);
	});
}

/**
 * Ends the process by `process.exit()`. The work of the thread pool has `ms` milliseconds to end first; what has not ended by then
 * is left to `guardExit`.
 * @param exitCode `process.exitCode` if it is `undefined`
 */
export async function exit(exitCode: number | undefined, ms: number): Promise<void> {
	if (isMainThread) stuckPoolWork = await stuckInPool(ms);
	// Given `undefined`, `process.exit()` on Node.js 20 exits with 0, whatever `process.exitCode` is.
	if (exitCode !== undefined) process.exitCode = exitCode;
	process.exit();
}

/** Ends the process in this turn, without waiting for a thread. */
function endByForce(exitCode: number, threads: string, onForcedEnd: OnForcedEnd): void {
	// Node.js 22.15 and later, not on Windows. The kernel ends all threads, and the exit code is kept.
	const { execve } = process as { execve?: Execve };
	if (typeof execve === "function") {
		onForcedEnd({ threads, by: "execve", exitCode });
		try {
			const [file, ...args] = exitingProgram(exitCode);
			execve.call(process, file, [file, ...args], {});
		} catch {
			// The permission model of Node.js forbids it (`--permission`).
		}
	}
	// The kernel ignores a SIGKILL that PID 1 sends to itself.
	if (process.pid === 1) {
		onForcedEnd({ threads, by: "SIGABRT", exitCode });
		process.abort();
	}
	onForcedEnd({ threads, by: "SIGKILL", exitCode });
	process.kill(process.pid, "SIGKILL");
}

/** Returns a program that only exits: a shell if there is one, since that starts faster than Node.js. */
function exitingProgram(exitCode: number): [file: string, ...args: string[]] {
	try {
		accessSync("/bin/sh", constants.X_OK);
		return ["/bin/sh", "-c", `exit ${exitCode}`];
	} catch {
		return [process.execPath, "-e", `process.exit(${exitCode})`];
	}
}
