import { setTimeout as delay } from "node:timers/promises";
import type { ListeningPort } from "./listening-port.ts";
import type { Program, ProgramEnd } from "./program.ts";
import { TargetError } from "./target-error.ts";

export interface FindPortOptions {
	readonly timeoutMs: number;
	/**
	 * How long to wait for another port after each one: a program with several opens them one after another.
	 * @default 100
	 */
	readonly settleMs?: number;
	/** Ends the wait: the call rejects with the signal's reason or an `AbortError`. */
	readonly signal?: AbortSignal;
}

const LOOK_AGAIN_MS = 20;
const LINES_SHOWN = 20;

/**
 * Waits until the program listens. Resolves to all its ports, in the order in which they appeared; the caller has to try which
 * one speaks HTTP. Rejects with a `TargetError` that shows the last output, if all processes of the program end first or the
 * time is over.
 */
export async function findPort(program: Program, options: FindPortOptions): Promise<ListeningPort[]> {
	const { timeoutMs, settleMs = 100, signal } = options;
	const deadline = performance.now() + timeoutMs;
	let end: ProgramEnd | undefined;
	void program.ended.then((ended) => {
		end = ended;
	});
	let ports: ListeningPort[] = [];
	let settledAtMs = 0;
	for (;;) {
		signal?.throwIfAborted();
		const endBefore = end;
		const now = inOrder(ports, await program.listeningPorts());
		if (now.some((port) => !ports.includes(port))) settledAtMs = performance.now() + settleMs;
		ports = now;
		if (ports.length > 0 && performance.now() >= Math.min(settledAtMs, deadline)) return ports;
		// A program that moves to the background outlives the process that was started.
		if (endBefore && ports.length === 0 && (await program.processes()).length === 0)
			throw await endedEarly(program, endBefore);
		if (performance.now() >= deadline) throw await neverListened(program, timeoutMs);
		await delay(LOOK_AGAIN_MS, undefined, signal ? { signal } : {});
	}
}

/** Sorts the ports: those that were there before come first. */
function inOrder(before: readonly ListeningPort[], now: readonly ListeningPort[]): ListeningPort[] {
	const isSame = (a: ListeningPort, b: ListeningPort): boolean => a.host === b.host && a.port === b.port;
	const kept = before.filter((port) => now.some((other) => isSame(port, other)));
	return [...kept, ...now.filter((port) => !kept.some((other) => isSame(port, other)))];
}

async function endedEarly(program: Program, { code, signal }: ProgramEnd): Promise<TargetError> {
	const how = signal ?? (code === null ? "" : `exit code ${code}`);
	const message = `"${program.name}" ended before it listened${how && ` (${how})`}.`;
	return new TargetError("ERR_DRILL_ENDED_EARLY", message + lastLines(await program.finalOutput()));
}

async function neverListened(program: Program, timeoutMs: number): Promise<TargetError> {
	const running = (await program.processes()).map(({ pid, command }) => `\n  ${pid} ${command}`).join("");
	const message = `"${program.name}" opened no TCP port within ${timeoutMs} ms. Its processes:${running}`;
	return new TargetError("ERR_DRILL_NEVER_LISTENED", message + lastLines(program.output));
}

function lastLines(output: string): string {
	const lines = output.trimEnd().split("\n").slice(-LINES_SHOWN);
	return lines.join("") === "" ? "\nIt wrote nothing." : `\nIts last output:\n${lines.join("\n")}`;
}
