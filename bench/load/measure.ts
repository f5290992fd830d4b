import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { cpuSeconds } from "./cpu-seconds.ts";
import type { LoadClient } from "./load-clients.ts";
import type { NginxServer } from "./nginx-server.ts";
import { CLIENT_CORE, pinned } from "./pinned.ts";

/** One run of one client. */
export interface Measurement {
	readonly requestsPerSecond: number;
	/** CPU time for each request; the client's includes its start. */
	readonly clientMicros: number;
	readonly serverMicros: number;
	/** The share of its core that each took: 1 is all of it. */
	readonly clientShare: number;
	readonly serverShare: number;
}

/** Runs a client against the server, each on its own core. */
export async function measure(client: LoadClient, server: NginxServer, seconds: number): Promise<Measurement> {
	const command = client.command(`http://127.0.0.1:${server.port}/`, seconds);
	// The shell's `times` prints what its child took, so that nothing has to be read just before the child ends.
	const line = `${pinned(CLIENT_CORE, command).join(" ")}; times >&2`;
	const serverBefore = await cpuSeconds(server.workerPid);
	const startedAtMs = performance.now();
	const shell = spawn("/bin/sh", ["-c", line], { stdio: ["ignore", "pipe", "pipe"] });
	const [output, times] = await Promise.all([text(shell.stdout), text(shell.stderr), once(shell, "exit")]);
	const took = (performance.now() - startedAtMs) / 1_000;
	const serverCpu = (await cpuSeconds(server.workerPid)) - serverBefore;
	const requestsPerSecond = client.rate(output);
	const requests = requestsPerSecond * seconds;
	const { user, system } = childrenSeconds(times);
	const clientCpu = user + system;
	if (!(requestsPerSecond > 0)) throw new Error(`${client.name} measured nothing:\n${times}`);
	return {
		requestsPerSecond,
		clientMicros: (clientCpu / requests) * 1e6,
		serverMicros: (serverCpu / requests) * 1e6,
		clientShare: clientCpu / took,
		serverShare: serverCpu / took,
	};
}

/** Reads the second line of a shell's `times`: the children's user and system time. */
export function childrenSeconds(output: string): { user: number; system: number } {
	const line = output.trim().split("\n").at(-1) ?? "";
	const times = [...line.matchAll(/(\d+)m([\d.]+)s/g)];
	const [user = Number.NaN, system = Number.NaN] = times.map(
		([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
	);
	return { user, system };
}
