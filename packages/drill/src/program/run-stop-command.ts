import type { Program } from "./program.ts";
import { startProgram } from "./start-program.ts";

export interface StopCommandOptions {
	/** When this is over, the command and all processes that came from it are killed. */
	readonly timeoutMs: number;
	/** Called with what the command writes to stdout and stderr, as it arrives. */
	readonly onOutput?: (text: string) => void;
	/** Ends the command early: all its processes are killed, and the call rejects with the signal's reason. */
	readonly signal?: AbortSignal;
}

/** How a stop command ended. */
export interface StopCommandEnd {
	/** `null` if a signal ended it, also because its time was over. */
	readonly code: number | null;
	/** `performance.now()`. */
	readonly endedAtMs: number;
}

/**
 * Runs a command line by `sh`. A command that fails is no error: its code says so. Processes that it leaves in the background
 * are left alone: one may be the successor of what it stopped. Rejects with a `TargetError` on Windows.
 */
export async function runStopCommand(commandLine: string, options: StopCommandOptions): Promise<StopCommandEnd> {
	const { timeoutMs, signal, ...startOptions } = options;
	signal?.throwIfAborted();
	const command = await startProgram(["/bin/sh", "-c", commandLine], startOptions);
	try {
		await endOrKill(command, timeoutMs, signal);
		signal?.throwIfAborted();
		await command.finalOutput();
		const { code, atMs: endedAtMs } = await command.ended;
		return { code, endedAtMs };
	} finally {
		command.close();
	}
}

/** Resolves when the command has ended, or was killed because its time was over. Rejects if it can't be killed. */
function endOrKill(command: Program, timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
	return new Promise((resolve, reject) => {
		let isKilled = false;
		const kill = (): void => {
			isKilled = true;
			command.kill().finally(stopWaiting).then(resolve, reject);
		};
		const timer = setTimeout(kill, timeoutMs);
		const stopWaiting = (): void => {
			clearTimeout(timer);
			signal?.removeEventListener("abort", kill);
		};
		if (signal?.aborted) kill();
		signal?.addEventListener("abort", kill);
		// A kill goes on after the end of the shell: it resolves by itself once no process is left.
		void command.ended.then(() => {
			if (isKilled) return;
			stopWaiting();
			resolve();
		});
	});
}
