import type { Program } from "./program.ts";
import { startProgram } from "./start-program.ts";

export interface StopCommandOptions {
	/** When it is over, the command and all that came from it are killed. */
	readonly timeoutMs: number;
	/** Is given what the command writes, stdout and stderr alike, as it comes. */
	readonly onOutput?: (text: string) => void;
	/** Added to the drill's own environment. */
	readonly env?: Readonly<Record<string, string>>;
	/** Ends it early: all is killed, and the call rejects with the signal's reason. */
	readonly signal?: AbortSignal;
}

/** How the command that stops a target ended. Times are `performance.now()`. */
export interface StopCommandEnd {
	/** `null` where a signal ended it. */
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	readonly startedAtMs: number;
	readonly endedAtMs: number;
	/** The end of what it wrote, about 64 KB. */
	readonly output: string;
	/** It was killed, since its time was over. */
	readonly timedOut: boolean;
}

/**
 * Runs a command line by `sh`. A command that fails is no error but told by its code. What it leaves in the background is left
 * there: that may be the successor of what it stopped. Rejects with a `TargetError` on Windows.
 */
export async function runStopCommand(commandLine: string, options: StopCommandOptions): Promise<StopCommandEnd> {
	const { timeoutMs, signal, ...startOptions } = options;
	signal?.throwIfAborted();
	const startedAtMs = performance.now();
	const command = await startProgram(["/bin/sh", "-c", commandLine], startOptions);
	try {
		const timedOut = await endedInTime(command, timeoutMs, signal);
		signal?.throwIfAborted();
		const output = await command.finalOutput();
		const { code, signal: endSignal, atMs: endedAtMs } = await command.ended;
		return { code, signal: endSignal, startedAtMs, endedAtMs, output, timedOut };
	} finally {
		command.close();
	}
}

/** Resolves when the command has ended, or was killed: to whether its time was over. Rejects if it can't be killed. */
function endedInTime(command: Program, timeoutMs: number, signal: AbortSignal | undefined): Promise<boolean> {
	return new Promise((resolve, reject) => {
		let timedOut = false;
		const kill = (): void => {
			command
				.kill()
				.finally(stopWaiting)
				.then(() => resolve(timedOut), reject);
		};
		const timer = setTimeout(() => {
			timedOut = true;
			kill();
		}, timeoutMs);
		const stopWaiting = (): void => {
			clearTimeout(timer);
			signal?.removeEventListener("abort", kill);
		};
		if (signal?.aborted) kill();
		signal?.addEventListener("abort", kill);
		// A kill goes on after the end of the shell: it tells itself when nobody is left.
		void command.ended.then(() => {
			if (timedOut || signal?.aborted) return;
			stopWaiting();
			resolve(false);
		});
	});
}
