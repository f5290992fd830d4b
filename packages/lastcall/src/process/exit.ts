import { accessSync, constants } from "node:fs";
import { isMainThread } from "node:worker_threads";
import { stuckInPool, stuckWorkers } from "./stuck-threads.ts";

/** What ends a process whose threads are stuck: it is replaced by one that exits, killed, or aborted. */
export type ForcedEnd = "execve" | "SIGKILL" | "SIGABRT";

/** Hears that the process is about to be ended by force, since `process.exit()` would wait for `threads`. */
export type OnForcedEnd = (end: {
	readonly threads: string;
	readonly by: ForcedEnd;
	readonly exitCode: number;
}) => void;

type Execve = (file: string, args: readonly string[], env: Record<string, string>) => never;

/** The work of the thread pool that was found to be stuck. */
let stuck: readonly string[] = [];

/**
 * From now on the process ends when it exits, in whichever way, also where a thread is stuck: `process.exit()` and the natural
 * end wait for libuv's thread pool and for worker threads, and by then nothing of the program runs that could end the wait.
 */
export function guardExit(told: OnForcedEnd): void {
	// What ends by force here is the process, and not only this thread.
	if (!isMainThread) return;
	process.on("exit", (code) => {
		const threads = [...stuck, ...stuckWorkers()];
		if (threads.length > 0) endByForce(Number(process.exitCode ?? code), threads.join(", "), told);
	});
}

/**
 * Ends the process by `process.exit()`, with `process.exitCode` where no code is given. The work of the thread pool has `ms` milliseconds before that; what has not ended by
 * then is left to `guardExit`.
 */
export async function exit(exitCode: number | undefined, ms: number): Promise<void> {
	if (isMainThread) stuck = await stuckInPool(ms);
	// Given `undefined`, `process.exit()` on Node.js 20 exits with 0, whatever `process.exitCode` is.
	if (exitCode !== undefined) process.exitCode = exitCode;
	process.exit();
}

/** Ends the process in this turn, without waiting for any thread. */
function endByForce(exitCode: number, threads: string, told: OnForcedEnd): void {
	// Node.js 22.15 and later, not on Windows. The kernel ends all threads, and the exit code is kept.
	const { execve } = process as { execve?: Execve };
	if (typeof execve === "function") {
		told({ threads, by: "execve", exitCode });
		try {
			const [file, ...args] = exitingProgram(exitCode);
			execve.call(process, file, [file, ...args], {});
		} catch {
			// Not allowed (`--permission`).
		}
	}
	// The kernel ignores a SIGKILL that PID 1 sends to itself.
	if (process.pid === 1) {
		told({ threads, by: "SIGABRT", exitCode });
		process.abort();
	}
	told({ threads, by: "SIGKILL", exitCode });
	process.kill(process.pid, "SIGKILL");
}

/** A program that does nothing but exit: a shell where there is one, as it starts faster. */
function exitingProgram(exitCode: number): [file: string, ...args: string[]] {
	try {
		accessSync("/bin/sh", constants.X_OK);
		return ["/bin/sh", "-c", `exit ${exitCode}`];
	} catch {
		return [process.execPath, "-e", `process.exit(${exitCode})`];
	}
}
