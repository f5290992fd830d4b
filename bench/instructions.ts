// `npm run bench:instructions`: what lastcall costs a running service, in instructions of the processor for each request.
// Unlike times, they don't depend on what else the machine does. valgrind counts them, without the kernel's.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { countInstructions } from "./count-instructions.ts";
import { debianVersion } from "./debian.ts";
import { median } from "./median.ts";

/** What is counted, in how large parts. V8 has compiled all of it after six of them. */
const LOADS: Readonly<Record<string, { readonly of: string; readonly requests: number }>> = {
	"kept-alive": { of: "HTTP/1.1 request on a kept-alive connection", requests: 2_000 },
	"new-connections": { of: "HTTP/1.1 request on a new connection", requests: 2_000 },
	http2: { of: "HTTP/2 stream", requests: 2_000 },
	ws: { of: "WebSocket message, sent back", requests: 4_000 },
	events: { of: "write of an event stream", requests: 4_000 },
};

const { values } = parseArgs({
	options: {
		loads: { type: "string", default: Object.keys(LOADS).join(",") },
		/** Major versions of Node.js. Default: the one that runs this. */
		nodes: { type: "string" },
		warm: { type: "string", default: "6" },
		counted: { type: "string", default: "3" },
		/** How many processes of each to count: V8 compiles the same program in slightly different ways. */
		processes: { type: "string", default: "3" },
	},
});
const program = fileURLToPath(new URL("./fixtures/in-memory-server.js", import.meta.url));

if ((await debianVersion("valgrind")) === undefined) {
	console.error("valgrind is not installed: apt-get install valgrind");
	process.exit(1);
}

/** Returns the path of a version of Node.js. */
function find(major: string): string {
	const script = fileURLToPath(new URL("../../scripts/node-version.js", import.meta.url));
	return execFileSync(process.execPath, [script, major], { encoding: "utf8" }).trim();
}

/** Prints one row of the table. One after the other: each takes one core. */
async function count(node: string, load: string): Promise<void> {
	const counted = LOADS[load];
	if (counted === undefined) throw new Error(`no load "${load}": one of ${Object.keys(LOADS).join(", ")}`);
	const how = { warm: Number(values.warm), counted: Number(values.counted), requests: counted.requests, node };
	const [bare, ours] = [[] as number[], [] as number[]];
	for (let seed = 1; seed <= Number(values.processes); seed++) {
		bare.push(await countInstructions([program, load, "bare"], how, seed));
		ours.push(await countInstructions([program, load, "lastcall"], how, seed));
	}
	const ratio = (median(ours) / median(bare)).toFixed(4);
	console.log(`| ${counted.of} | ${show(bare)} | ${show(ours)} | ${ratio} |`);
}

/** The median of several processes, with the least and the most. */
function show(counts: readonly number[]): string {
	return `${median(counts)} (${Math.min(...counts)}–${Math.max(...counts)})`;
}

for (const node of values.nodes?.split(",").map(find) ?? [process.execPath]) {
	const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
	console.log(`Node ${version}, instructions in user space\n`);
	console.log("| for each | bare | lastcall | ratio |");
	console.log("| --- | ---: | ---: | ---: |");
	for (const load of values.loads.split(",")) await count(node, load);
	console.log("");
}
