import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type ConnectionKind, openIdle } from "./open-idle.ts";

/** A program that still runs then is killed. */
const LIMIT_MS = 120_000;

/** What the shutdown of one program cost. `NaN` where the program did not live to say it. */
export interface ShutdownCost {
	readonly exitMs: number;
	readonly cpuMs: number;
	readonly rssMb: number;
	readonly peakMb: number;
	readonly longestPauseMs: number;
	readonly longestTurnMs: number;
	/** Clients that did not get their protocol's closing message. */
	readonly notClosed: number;
}

/**
 * Starts a program, opens `count` idle connections to it and stops it.
 *
 * @param command sends `{ port }` to its parent, and prints at its exit what `printShutdownCost` measured
 */
export async function measureShutdown(
	command: readonly string[],
	kind: ConnectionKind,
	count: number,
	env: NodeJS.ProcessEnv = process.env,
): Promise<ShutdownCost> {
	const [file = "", ...args] = command;
	const child: ChildProcess = spawn(file, args, { env, stdio: ["ignore", "pipe", "inherit", "ipc"] });
	const [{ port }] = (await once(child, "message")) as [{ port: number }];
	let output = "";
	child.stdout?.setEncoding("utf8").on("data", (text: string) => {
		output += text;
	});
	const clients = await openIdle(kind, port, count);
	const stoppedAt = performance.now();
	const exited = once(child, "exit").then(() => performance.now() - stoppedAt);
	const ended = once(child, "close");
	child.kill("SIGTERM");
	const limit = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
	const closures = await Promise.all(clients.map((client) => client.closed));
	const exitMs = await exited;
	clearTimeout(limit);
	await ended;
	const printed = /\{.*\}$/.exec(output)?.[0];
	const unknown = { cpuMs: Number.NaN, rssMb: Number.NaN, peakMb: Number.NaN };
	return {
		...unknown,
		longestPauseMs: Number.NaN,
		longestTurnMs: Number.NaN,
		...(JSON.parse(printed ?? "{}") as Partial<ShutdownCost>),
		exitMs,
		notClosed: closures.filter((ok) => !ok).length,
	};
}
