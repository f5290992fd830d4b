import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { childrenSeconds } from "../load/measure.ts";
import { CLIENT_CORE, pinned } from "../load/pinned.ts";
import type { Rival } from "./rivals.ts";
import type { WireName } from "./wires.ts";

/** What one run of a client took. */
export interface Cost {
	readonly requestsPerSecond: number;
	/** The client's CPU time for each request. */
	readonly clientMicros: number;
	/** The kernel's part of it. */
	readonly systemMicros: number;
}

const drillClient = fileURLToPath(new URL("./drill-client.js", import.meta.url));
const run = promisify(execFile);

/** Runs the drill's client on one core. Its start and half as many requests before are not counted. */
export async function measureDrill(wire: WireName, url: string, requests: number): Promise<Cost> {
	const [program, ...args] = pinned(CLIENT_CORE, [process.execPath, drillClient, wire, url, `${requests}`]);
	const { stdout } = await run(program, args);
	return JSON.parse(stdout) as Cost;
}

/** Runs another program on the same core. Its start is counted, unless it counts itself. */
export async function measureRival(rival: Rival, url: string, seconds: number, asMany: number): Promise<Cost> {
	// The shell's `times` prints what its child took.
	const line = `${pinned(CLIENT_CORE, rival.command(url, seconds, asMany)).join(" ")}; times >&2`;
	const { stdout, stderr } = await run("/bin/sh", ["-c", line]);
	if (rival.rate === undefined) return JSON.parse(stdout) as Cost;
	const requestsPerSecond = rival.rate(stdout);
	if (!(requestsPerSecond > 0)) throw new Error(`${rival.name} measured nothing:\n${stdout}\n${stderr}`);
	const requests = requestsPerSecond * seconds;
	const { user, system } = childrenSeconds(stderr);
	return {
		requestsPerSecond,
		clientMicros: ((user + system) / requests) * 1e6,
		systemMicros: (system / requests) * 1e6,
	};
}
