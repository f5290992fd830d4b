import { fileURLToPath } from "node:url";
import type { WireName } from "./wires.ts";

/** Another program that sends the same requests. */
export interface Rival {
	readonly name: string;
	/** The Debian package that it needs; without it, the rival is left out. */
	readonly debian?: string;
	command(url: string, seconds: number, requests: number): readonly string[];
	/** Requests a second, read from its standard output. Without it, its output is a `Cost`. */
	rate?(output: string): number;
}

const bareNetProgram = fileURLToPath(new URL("./bare-net.js", import.meta.url));
const autocannon = fileURLToPath(import.meta.resolve("autocannon"));

const wrk: Rival = {
	name: "wrk",
	debian: "wrk",
	command: (url, seconds) => ["wrk", "-t", "1", "-c", "32", "-d", `${seconds}s`, url],
	rate: (output) => Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]),
};

const h2load: Rival = {
	name: "h2load",
	debian: "nghttp2-client",
	command: (url, seconds) => ["h2load", "-c", "4", "-m", "8", "-D", `${seconds}`, url],
	rate: (output) => Number(/, ([\d.]+) req\/s,/.exec(output)?.[1]),
};

const ab: Rival = {
	name: "ab",
	debian: "apache2-utils",
	command: (url, seconds) => ["ab", "-q", "-c", "32", "-n", "100000000", "-t", `${seconds}`, url],
	rate: (output) => Number(/Requests per second:\s+([\d.]+)/.exec(output)?.[1]),
};

const bareNet: Rival = {
	name: "node:net alone",
	command: (url, _seconds, requests) => [process.execPath, bareNetProgram, url, `${requests}`],
};

function autocannonWith(...more: readonly string[]): Rival {
	return {
		name: "autocannon",
		command: (url, seconds) => [
			process.execPath,
			autocannon,
			...["-c", "32", "-d", `${seconds}`, "--json", "--no-progress", ...more, url],
		],
		rate: (output) => {
			const { requests, duration } = JSON.parse(output) as { requests: { total: number }; duration: number };
			return requests.total / duration;
		},
	};
}

/** The rivals of each wire. */
export const RIVALS: Readonly<Partial<Record<WireName, readonly Rival[]>>> = {
	"HTTP/1.1 kept alive": [wrk, autocannonWith()],
	"HTTP/1.1 pipelined, 4 at a time": [autocannonWith("-p", "4")],
	"HTTP/1.1, a new connection each": [ab, bareNet],
	"HTTPS kept alive": [wrk, autocannonWith()],
	"HTTP/2": [h2load],
	"HTTP/2 over TLS": [h2load],
};
