// `npm run bench:load`: the drill's load generator, wrk and autocannon in turn, each alone on one core, against a
// server on another core that is faster than they need. Linux, with nginx.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { markdownTable } from "markdown-table";
import { debianVersion } from "./debian.ts";
import { LOAD_CLIENTS, type LoadClient } from "./load/load-clients.ts";
import { type Measurement, measure } from "./load/measure.ts";
import { type NginxServer, startNginx } from "./load/nginx-server.ts";
import { median } from "./median.ts";

const { values } = parseArgs({
	options: { rounds: { type: "string", default: "5" }, seconds: { type: "string", default: "5" } },
});
const RECORDS = 100_000;
/** From this share of its core on, a program is the bottleneck. Below it, client and server wait for each other or for other programs. */
const BUSY = 0.8;

if ((await debianVersion("nginx")) === undefined) {
	console.error("There is no server to load: apt-get install nginx wrk");
	process.exit(1);
}

/** The clients that are installed. Prints what is missing for the others. */
async function installed(): Promise<LoadClient[]> {
	const found: LoadClient[] = [];
	for (const client of LOAD_CLIENTS) {
		if (client.debian === undefined || (await debianVersion(client.debian)) !== undefined) found.push(client);
		else console.error(`Skipped ${client.name}: apt-get install ${client.debian}`);
	}
	return found;
}

async function compare(server: NginxServer): Promise<Map<LoadClient, Measurement[]>> {
	const results = new Map<LoadClient, Measurement[]>((await installed()).map((client) => [client, []]));
	for (let round = 0; round < Number(values.rounds); round++) {
		for (const [client, found] of results) found.push(await measure(client, server, Number(values.seconds)));
	}
	return results;
}

function line(name: string, found: readonly Measurement[], base: readonly Measurement[]): string[] {
	const of = (key: keyof Measurement): number => median(found.map((one) => one[key]));
	const ratio = median(found.map((one, i) => one.requestsPerSecond / (base[i]?.requestsPerSecond ?? Number.NaN)));
	const [client, server] = [of("clientShare"), of("serverShare")];
	return [
		name,
		Math.round(of("requestsPerSecond")).toLocaleString("en"),
		ratio.toFixed(2),
		of("clientMicros").toFixed(1),
		of("serverMicros").toFixed(1),
		Math.round(1e6 / of("clientMicros")).toLocaleString("en"),
		`${Math.round(client * 100)} %`,
		`${Math.round(server * 100)} %`,
		Math.max(client, server) < BUSY ? "neither" : client > server ? "client" : "server",
	];
}

const HEAD = [
	"",
	"requests/s",
	"to the drill's",
	"client's CPU µs per request",
	"server's",
	"requests per CPU second of the client",
	"client's core",
	"server's core",
	"bottleneck",
];

const server = await startNginx();
try {
	const results = await compare(server);
	const base = [...results.values()][0] ?? [];
	const table = [HEAD, ...[...results].map(([{ name }, found]) => line(name, found, base))];
	console.log(`Medians of ${values.rounds} rounds of ${values.seconds} s, 32 connections, Node ${process.version}\n`);
	console.log(markdownTable(table, { align: ["l", "r", "r", "r", "r", "r", "r", "r", "l"] }));
	const program = fileURLToPath(new URL("./load/record-memory.js", import.meta.url));
	const args = ["--expose-gc", program, `http://127.0.0.1:${server.port}/`, `${RECORDS}`];
	const { stdout } = await promisify(execFile)(process.execPath, args);
	console.log(`\n100,000 records of the drill take ${(Number(stdout) / 1e6).toFixed(1)} MB`);
} finally {
	await server.end();
}
