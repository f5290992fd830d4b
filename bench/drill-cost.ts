// `npm run bench:drill -- [--rounds 3] [--each 30000] [--wire text] [--requests 1000000]`: what CPU time the drill's own client takes for each request
// on each wire, and other load generators for the same requests, one after another. Then what memory the reports of many
// requests take. Linux, with nginx; wrk, nghttp2-client and apache2-utils for the others.
import { parseArgs } from "node:util";
import { markdownTable } from "markdown-table";
import { debianVersion } from "./debian.ts";
import { type Cost, measureDrill, measureRival } from "./drill-cost/measure.ts";
import { reportMemory } from "./drill-cost/report-memory.ts";
import { RIVALS, type Rival } from "./drill-cost/rivals.ts";
import { type CostServers, startServers } from "./drill-cost/servers.ts";
import { WIRES, type WireName } from "./drill-cost/wires.ts";
import { median } from "./median.ts";

const { values } = parseArgs({
	options: {
		rounds: { type: "string", default: "3" },
		each: { type: "string", default: "30000" },
		wire: { type: "string", default: "" },
		requests: { type: "string", default: "1000000" },
	},
});
const EACH = Number(values.each);
/** A new connection for each request takes so much longer. */
const NEW_CONNECTIONS_SHARE = 0.1;
/** How long the others run, which start at once. */
const SECONDS = 3;

async function isInstalled({ debian }: Rival): Promise<boolean> {
	return debian === undefined || (await debianVersion(debian)) !== undefined;
}

/** The costs of the drill and of each rival, one for each round. */
async function measureWire(wire: WireName, { urls }: CostServers): Promise<Map<string, Cost[]>> {
	const costs = new Map<string, Cost[]>();
	const add = (name: string, cost: Cost): void => void costs.set(name, [...(costs.get(name) ?? []), cost]);
	const url = urls[WIRES[wire].server];
	for (let round = 0; round < Number(values.rounds); round++) {
		add("lastcall-drill", await measureDrill(wire, url, EACH));
		for (const rival of RIVALS[wire] ?? [])
			if (await isInstalled(rival)) add(rival.name, await measureRival(rival, url, SECONDS, EACH));
	}
	return costs;
}

function lines(wire: WireName, costs: ReadonlyMap<string, readonly Cost[]>): string[][] {
	const micros = (all: readonly Cost[]): number[] => all.map(({ clientMicros }) => clientMicros);
	const base = micros(costs.get("lastcall-drill") ?? []);
	return [...costs].map(([name, all]) => [
		`${wire}, µs per ${WIRES[wire].unit}`,
		name,
		median(micros(all)).toFixed(1),
		`${Math.min(...micros(all)).toFixed(1)} to ${Math.max(...micros(all)).toFixed(1)}`,
		median(all.map(({ systemMicros }) => systemMicros)).toFixed(1),
		median(base.map((drill, i) => drill / (micros(all)[i] ?? Number.NaN))).toFixed(2),
		Math.round(median(all.map(({ requestsPerSecond }) => requestsPerSecond))).toLocaleString("en"),
	]);
}

/** Prints what memory a drill of many requests takes, with each set of reports. */
async function printMemory(requests: number): Promise<void> {
	const rows = [["load", "reports", "requests", "most memory", "of the files"]];
	for (const [load, share] of [
		["back-to-back", 1],
		["new-connections", NEW_CONNECTIONS_SHARE],
	] as const)
		for (const reports of [[], ["html"], ["html", "json", "junit", "trace"]]) {
			const { seen, maxBytes, fileBytes } = await reportMemory({ load, reports, requests: requests * share });
			const megabytes = [maxBytes, fileBytes].map((bytes) => `${(bytes / 1e6).toFixed(0)} MB`);
			rows.push([load, reports.join(", ") || "none", seen.toLocaleString("en"), ...megabytes]);
			console.error(rows.at(-1)?.join(" | "));
		}
	console.log(`\n${markdownTable(rows, { align: ["l", "l", "r", "r", "r"] })}`);
}

const servers = await startServers();
try {
	const table = [
		["wire", "client", "client's CPU µs", "of the rounds", "of it the kernel's", "drill's ÷ this", "requests/s"],
	];
	for (const wire of Object.keys(WIRES) as WireName[]) {
		if (!wire.toLowerCase().includes(values.wire.toLowerCase())) continue;
		table.push(...lines(wire, await measureWire(wire, servers)));
		console.error(table.at(-1)?.join(" | "));
	}
	console.log(`Medians of ${values.rounds} rounds of ${values.each} requests, Node ${process.version}\n`);
	console.log(markdownTable(table, { align: ["l", "l", "r", "r", "r", "r", "r"] }));
} finally {
	await servers.end();
}
if (Number(values.requests) > 0) await printMemory(Number(values.requests));
