// `npm run accept-queue -- [--rounds 5] [--variant text] [--load text] [--scheme http|https]`: ways to empty the accept queue.
import { parseArgs } from "node:util";
import { PatchedBuild, QUEUE_VARIANTS } from "./queue-variants.ts";
import { race } from "./race.ts";
import { restartUnderLoad } from "./restarts.ts";

const { values } = parseArgs({
	options: {
		rounds: { type: "string", default: "5" },
		variant: { type: "string", default: "" },
		load: { type: "string", default: "" },
		scheme: { type: "string", default: "http" },
	},
});
const rounds = Number(values.rounds);
const scheme = values.scheme === "https" ? "https" : "http";
const LOADS = [
	"64 new connections at a time",
	"computing 0.2 ms: 150 kept alive, 32 new",
	"computing 2 ms: 150 kept alive, 32 new",
	"computing 10 ms: 30 kept alive, 8 new",
	"500 new connections a second, 16 kept alive",
].filter((load) => load.includes(values.load));
/** A client whose SYN is dropped gets no message, and tries again after a second. */
const RESTARTS = "restarts 0.3 s apart, 250 new connections a second";
const withRestarts = RESTARTS.includes(values.load);

console.log(`Node ${process.version}, ${rounds} stops each over ${scheme}: requests lost of those sent\n`);
const head = ["accept queue", ...LOADS, ...(withRestarts ? [RESTARTS, "of these over 0.9 s"] : [])];
print(head);
print(head.map((_, i) => (i === 0 ? "---" : "--:")));
for (const [name, patches] of Object.entries(QUEUE_VARIANTS)) {
	if (!name.includes(values.variant)) continue;
	const build = await PatchedBuild.of(patches);
	try {
		const cells: string[] = [];
		for (const load of LOADS) cells.push(await lostIn(load, build.url));
		print([name, ...cells, ...(withRestarts ? await restartCells(build.url) : [])]);
	} finally {
		await build.remove();
	}
}

async function lostIn(load: string, build: string): Promise<string> {
	let [lost, sent] = [0, 0];
	for (let seed = 1; seed <= rounds; seed++) {
		const { tally } = await race({ kind: "lastcall", scheme, build, gracePeriodMs: 5_000 }, load, seed);
		lost += tally.lost;
		sent += tally.answered + tally.lost;
	}
	return ofSent(lost, sent);
}

async function restartCells(build: string): Promise<string[]> {
	const clients = { requestsPerSecond: 250 };
	const result = await restartUnderLoad({
		kind: "lastcall",
		scheme,
		build,
		restarts: 2 * rounds,
		apartMs: 300,
		clients,
	});
	return [ofSent(result.lost.length, result.answered + result.lost.length), String(result.overASecond)];
}

function ofSent(lost: number, sent: number): string {
	return `${lost === 0 ? "**0**" : lost} of ${sent.toLocaleString("en")}`;
}

function print(cells: readonly string[]): void {
	console.log(`| ${cells.join(" | ")} |`);
}
