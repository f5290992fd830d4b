// `npm run bench:auto`: what `lastcall/auto` costs the start of a process, with a server and without, compared in turn with the same
// process alone.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { markdownTable } from "markdown-table";
import { median } from "./median.ts";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "40" } } });
const program = fileURLToPath(new URL("./fixtures/starts-and-exits.js", import.meta.url));
const library = new URL("../../packages/lastcall/lib/", import.meta.url);

const FLAGS: Readonly<Record<string, readonly string[]>> = {
	alone: [],
	// What Node.js itself pays for each kind of preload, whatever is in the file.
	"--import of nothing": ["--import", new URL("./fixtures/empty.js", import.meta.url).href],
	"--import lastcall/auto": ["--import", new URL("auto.js", library).href],
	"--require lastcall/auto": ["--require", fileURLToPath(new URL("auto.cjs", library))],
};
const KINDS = ["without a server", "with a server"] as const;

interface Times {
	readonly wall: number[];
	readonly cpu: number[];
}

/** Starts the program once. It prints its own CPU time in microseconds when it exits. */
function start(flags: readonly string[], kind: string, { wall, cpu }: Times): void {
	const startedAt = performance.now();
	const { status, stdout } = spawnSync(process.execPath, [...flags, program, kind], { encoding: "utf8" });
	if (status !== 0) throw new Error(`${flags.join(" ")} ${program} ended with ${status}`);
	wall.push(performance.now() - startedAt);
	cpu.push(Number(stdout) / 1_000);
}

/** In turn, so that what else the machine does slows all of them down. */
function measure(kind: string): Record<string, Times> {
	const times = Object.fromEntries(Object.keys(FLAGS).map((way) => [way, { wall: [], cpu: [] } as Times]));
	for (let round = 0; round < Number(values.rounds); round++) {
		for (const [way, flags] of Object.entries(FLAGS)) start(flags, kind, times[way] ?? { wall: [], cpu: [] });
	}
	return times;
}

const ms = (numbers: readonly number[]): string[] =>
	[Math.min(...numbers), median(numbers)].map((one) => one.toFixed(1));

const rows: string[][] = [["process", "CPU ms, least", "median", "wall ms, least", "median"]];
for (const kind of KINDS) {
	for (const [way, { wall, cpu }] of Object.entries(measure(kind))) {
		rows.push([`${kind}, ${way}`, ...ms(cpu), ...ms(wall)]);
	}
}
console.log(`Node.js ${process.version}, ${values.rounds} starts each, in turn\n`);
console.log(markdownTable(rows, { align: ["l", "r", "r", "r", "r"] }));
