// `npm run bench:import`: what it costs to load lastcall in a program that has loaded `node:http`, in each version of Node.js. CPU time and
// memory are medians of processes that run in turn. Instructions don't depend on what else the machine does; they are the difference
// between whole processes, where a count of the same process varies by one in a hundred. valgrind counts them.
import { execFile, execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { markdownTable } from "markdown-table";
import { countProcess } from "./count-instructions.ts";
import { debianVersion } from "./debian.ts";
import { median } from "./median.ts";

const { values } = parseArgs({
	options: {
		nodes: { type: "string", default: "20,22,24,26" },
		rounds: { type: "string", default: "15" },
		/** Processes under valgrind for each number; 0 for none. */
		counts: { type: "string", default: "5" },
	},
});
const root = fileURLToPath(new URL("../../", import.meta.url));
/** Where `lastcall` resolves to the package of this checkout. */
const cwd = fileURLToPath(new URL("../", import.meta.url));

/** How a program loads modules. Static imports would all be loaded before the first measurement. */
const LOADERS = {
	import: { type: "module", load: (id: string) => `await import("${id}");` },
	require: { type: "commonjs", load: (id: string) => `require("${id}");` },
} as const;
type How = keyof typeof LOADERS;
const WAYS: readonly (readonly [how: How, id: string])[] = [
	["import", "lastcall"],
	["import", "lastcall/auto"],
	["require", "lastcall"],
	["require", "lastcall/auto"],
];

const MEASURES = {
	before: `
		const look = () => (gc(), [process.memoryUsage(), process.moduleLoadList.filter((name) => name.startsWith("Native")).length]);
		const [before, cpu] = [look(), process.cpuUsage()];`,
	after: `
		const { user, system } = process.cpuUsage(cpu);
		const after = look();
		const more = (key) => (after[0][key] - before[0][key]) / 1e6;
		console.log(JSON.stringify({ cpuMs: (user + system) / 1e3, heapMb: more("heapUsed"), rssMb: more("rss"), modules: after[1] - before[1] }));`,
};

interface Cost {
	readonly cpuMs: number;
	readonly heapMb: number;
	readonly rssMb: number;
	readonly modules: number;
}

function command(node: string, how: How, lines: readonly string[]): [string, ...string[]] {
	return [node, `--input-type=${LOADERS[how].type}`, "--eval", [...lines, "process.exit();"].join("\n")];
}

async function measure(node: string, how: How, id: string): Promise<Cost> {
	const { load } = LOADERS[how];
	const [file, ...args] = command(node, how, [load("node:http"), MEASURES.before, load(id), MEASURES.after]);
	const { stdout } = await promisify(execFile)(file, ["--expose-gc", ...args], { cwd });
	return JSON.parse(stdout) as Cost;
}

/** Millions of instructions that a program which loads these modules takes. */
async function count(node: string, how: How, ids: readonly string[]): Promise<number> {
	const counts: number[] = [];
	for (let round = 0; round < Number(values.counts); round++) {
		counts.push(await countProcess(command(node, how, ids.map(LOADERS[how].load)), { cwd }));
	}
	return median(counts) / 1e6;
}

async function rows(major: string, isCounted: boolean): Promise<string[][]> {
	const node = execFileSync(process.execPath, [`${root}scripts/node-version.js`, major], { encoding: "utf8" }).trim();
	const costs = WAYS.map((): Cost[] => []);
	for (let round = 0; round < Number(values.rounds); round++) {
		for (const [i, [how, id]] of WAYS.entries()) costs[i]?.push(await measure(node, how, id));
	}
	const alone: Record<How, number> = { import: Number.NaN, require: Number.NaN };
	if (isCounted) for (const how of ["import", "require"] as const) alone[how] = await count(node, how, ["node:http"]);
	const table: string[][] = [];
	for (const [i, [how, id]] of WAYS.entries()) {
		const ours = isCounted ? (await count(node, how, ["node:http", id])) - alone[how] : Number.NaN;
		const all = (key: keyof Cost): number[] => (costs[i] ?? []).map((cost) => cost[key]);
		table.push([
			`${major}, ${how} ${id}`,
			...(isCounted ? [ours.toFixed(1), alone[how].toFixed(1)] : ["", ""]),
			...[Math.min(...all("cpuMs")), median(all("cpuMs"))].map((ms) => ms.toFixed(1)),
			...[median(all("heapMb")), median(all("rssMb"))].map((mb) => mb.toFixed(2)),
			String(median(all("modules"))),
		]);
	}
	return table;
}

const isCounted = Number(values.counts) > 0 && (await debianVersion("valgrind")) !== undefined;
const head = ["Node.js, way", "M instructions", "of node:http alone", "CPU ms, least", "median", "heap MB", "RSS MB"];
const table = [[...head, "modules of Node.js"]];
for (const major of values.nodes.split(",")) table.push(...(await rows(major, isCounted)));
console.log(markdownTable(table, { align: ["l", "r", "r", "r", "r", "r", "r", "r"] }));
