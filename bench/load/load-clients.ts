import { fileURLToPath } from "node:url";

/** A program that keeps 32 connections busy, back to back, and then prints how many responses it got. */
export interface LoadClient {
	readonly name: string;
	/** The Debian package that it needs; without it, the client is left out. */
	readonly debian?: string;
	command(url: string, seconds: number): readonly string[];
	/** Requests a second, read from its standard output. */
	rate(output: string): number;
}

const CONNECTIONS = "32";
const autocannon = fileURLToPath(import.meta.resolve("autocannon"));
const drillClient = fileURLToPath(new URL("./drill-client.js", import.meta.url));

/** In the order of the table. */
export const LOAD_CLIENTS: readonly LoadClient[] = [
	{
		name: "lastcall-drill",
		command: (url, seconds) => [process.execPath, drillClient, url, `${seconds}`, CONNECTIONS],
		rate: Number,
	},
	{
		name: "autocannon",
		command: (url, seconds) => {
			return [process.execPath, autocannon, "-c", CONNECTIONS, "-d", `${seconds}`, "--json", "--no-progress", url];
		},
		rate: (output) => {
			const { requests, duration } = JSON.parse(output) as { requests: { total: number }; duration: number };
			return requests.total / duration;
		},
	},
	{
		name: "wrk",
		debian: "wrk",
		command: (url, seconds) => ["wrk", "-t", "1", "-c", CONNECTIONS, "-d", `${seconds}s`, url],
		rate: (output) => Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]),
	},
];
