import { setTimeout as delay } from "node:timers/promises";
import type { ListeningPort } from "./listening-port.ts";
import type { Target, TargetEnd } from "./target.ts";
import { TargetError } from "./target-error.ts";

export interface FindPortOptions {
	/** @default 30000 */
	readonly timeoutMs?: number;
	/**
	 * For how long no further port must appear: a program with several opens them one after the other.
	 * @default 100
	 */
	readonly settleMs?: number;
	/** Ends the wait: the call rejects with an `AbortError`. */
	readonly signal?: AbortSignal;
}

const lookAgainMs = 20;
const linesShown = 20;

/**
 * Waits until the target listens. Resolves to every port, in the order in which they appeared; which one speaks HTTP is for
 * the caller to try. Rejects with a `TargetError` that shows the last output, if all of the target ends before or the
 * time is over.
 */
export async function findPort(target: Target, options: FindPortOptions = {}): Promise<ListeningPort[]> {
	const { timeoutMs = 30_000, settleMs = 100, signal } = options;
	const deadline = performance.now() + timeoutMs;
	let end: TargetEnd | undefined;
	void target.ended.then((ended) => {
		end = ended;
	});
	let ports: ListeningPort[] = [];
	let settledAtMs = 0;
	for (;;) {
		signal?.throwIfAborted();
		const endBefore = end;
		const now = inOrder(ports, await target.listeningPorts());
		if (now.some((port) => !ports.includes(port))) settledAtMs = performance.now() + settleMs;
		ports = now;
		if (ports.length > 0 && performance.now() >= Math.min(settledAtMs, deadline)) return ports;
		// A program that goes to the background lives on when the process that was started has ended.
		if (endBefore && ports.length === 0 && (await target.processes()).length === 0)
			throw await endedEarly(target, endBefore);
		if (performance.now() >= deadline) throw await neverListened(target, timeoutMs);
		await delay(lookAgainMs, undefined, signal ? { signal } : {});
	}
}

/** The ports of now; those that were there before come first. */
function inOrder(before: readonly ListeningPort[], now: readonly ListeningPort[]): ListeningPort[] {
	const isSame = (a: ListeningPort, b: ListeningPort): boolean => a.host === b.host && a.port === b.port;
	const kept = before.filter((port) => now.some((other) => isSame(port, other)));
	return [...kept, ...now.filter((port) => !kept.some((other) => isSame(port, other)))];
}

async function endedEarly(target: Target, { code, signal }: TargetEnd): Promise<TargetError> {
	const how = signal ?? (code === null ? "" : `exit code ${code}`);
	const message = `"${target.name}" ended before it listened${how && ` (${how})`}.`;
	return new TargetError("ERR_DRILL_ENDED_EARLY", message + lastLines(await target.finalOutput()));
}

async function neverListened(target: Target, timeoutMs: number): Promise<TargetError> {
	const running = (await target.processes()).map(({ pid, command }) => `\n  ${pid} ${command}`).join("");
	const message = `"${target.name}" listens on no TCP port after ${timeoutMs} ms. It runs as:${running}`;
	return new TargetError("ERR_DRILL_NEVER_LISTENED", message + lastLines(target.output));
}

function lastLines(output: string): string {
	const lines = output.trimEnd().split("\n").slice(-linesShown);
	return lines.join("") === "" ? "\nIt wrote nothing." : `\nIts last output:\n${lines.join("\n")}`;
}
