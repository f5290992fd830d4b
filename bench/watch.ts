// `npm run bench:watch`: how long a save takes under each watch mode, until the new server listens, with lastcall and without.
import { parseArgs } from "node:util";
import { markdownTable } from "markdown-table";
import { median } from "./median.ts";
import { npmVersion } from "./peers/npm-version.ts";
import { WATCH_MODES, Watched } from "./watch/watched.ts";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "15" } } });

interface Saves {
	readonly bare: number[];
	readonly lastcall: number[];
}

/** Saves the program of both in turn, so that what else the machine does slows both down. */
async function measure(mode: string): Promise<Saves> {
	const [bare, ours] = [new Watched(mode, "bare"), new Watched(mode, "lastcall")];
	const saves: Saves = { bare: [], lastcall: [] };
	try {
		for (let round = 0; round < Number(values.rounds); round++) {
			saves.bare.push(await bare.measureSave());
			saves.lastcall.push(await ours.measureSave());
		}
	} finally {
		await Promise.all([bare.end(), ours.end()]);
	}
	return saves;
}

const rows: string[][] = [["watch mode", "without lastcall", "with lastcall", "ratio"]];
for (const mode of Object.keys(WATCH_MODES)) {
	const { bare, lastcall } = await measure(mode);
	const ratio = median(lastcall.map((ms, i) => ms / (bare[i] ?? Number.NaN)));
	rows.push([mode, `${Math.round(median(bare))} ms`, `${Math.round(median(lastcall))} ms`, ratio.toFixed(2)]);
}
const versions = ["tsx", "nodemon"].map((name) => `${name} ${npmVersion(name)}`);
console.log(`Node.js ${process.version}, ${versions.join(", ")}; ${values.rounds} saves each, medians\n`);
console.log(markdownTable(rows, { align: ["l", "r", "r", "r"] }));
