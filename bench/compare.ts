// `npm run bench`: bare Node.js, lastcall, and what else shuts a server down, side by side: what is lost, what it costs, and with how many
// connections. Keeps the results, and writes docs/bench.md with its charts. `--quick`, `--only lost|cost|scale`, `--peers a,b`, `--report`.
import { parseArgs } from "node:util";
import { peerFolder } from "./compare/folder.ts";
import { thisMachine, versions } from "./compare/machine.ts";
import { measureCost } from "./compare/measure-cost.ts";
import { measureLost } from "./compare/measure-lost.ts";
import { measureScale } from "./compare/measure-scale.ts";
import { writeReport } from "./compare/report/write-report.ts";
import { PARTS, type PartName, readResults, writeResults } from "./compare/results.ts";
import { SUBJECTS, type Subject } from "./compare/subjects.ts";

const { values } = parseArgs({
	options: {
		quick: { type: "boolean", default: false },
		/** One part, or several with commas. */
		only: { type: "string", default: PARTS.join(",") },
		/** Keys or parts of names, with commas. Rows of other peers stay as they are kept. */
		peers: { type: "string", default: "" },
		/** Counts instructions too. Worth little between peers so far: see `countAll`. */
		instructions: { type: "boolean", default: false },
		/** Writes the documents anew from the kept results, without a run. */
		report: { type: "boolean", default: false },
	},
});
const parts = values.only.split(",") as PartName[];
const unknown = parts.filter((part) => !PARTS.includes(part));
if (unknown.length > 0) throw new RangeError(`--only: wanted ${PARTS.join(", ")}, got ${unknown.join(", ")}`);
const words = values.peers.split(",");
const chosen = SUBJECTS.filter(({ key, name }) => words.some((word) => key.includes(word) || name.includes(word)));
if (chosen.length === 0)
	throw new RangeError(`--peers: wanted some of ${SUBJECTS.map(({ key }) => key).join(", ")}, got ${values.peers}`);
const lostRounds = values.quick ? 1 : 3;
const scaleRounds = values.quick ? 1 : 3;
const effort = { isCounted: values.instructions, imports: values.quick ? 5 : 15 };

const MEASURES = {
	lost: (folders: ReadonlyMap<Subject, string>) => measureLost(folders, lostRounds),
	cost: (folders: ReadonlyMap<Subject, string>) => measureCost(folders, effort),
	scale: (folders: ReadonlyMap<Subject, string>) => measureScale(folders, scaleRounds),
};
const ROUNDS = { lost: lostRounds, cost: effort.imports, scale: scaleRounds };

if (!values.report) {
	const folders = new Map<Subject, string>();
	for (const subject of chosen) folders.set(subject, await peerFolder(subject));
	for (const part of parts) {
		const about = { date: new Date().toISOString(), isQuick: values.quick, rounds: ROUNDS[part] };
		const machine = thisMachine();
		const rows = await MEASURES[part](folders);
		const results = await readResults();
		// Only some peers: the others stay as they were.
		const kept = values.peers === "" ? {} : results[part]?.rows;
		Object.assign(results, { [part]: { ...about, machine, versions: versions(), rows: { ...kept, ...rows } } });
		await writeResults(results);
	}
}
await writeReport(await readResults());
