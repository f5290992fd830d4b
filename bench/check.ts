// `npm run bench:check`: fails where a figure of lastcall got worse than the kept one. Only figures that a busy machine doesn't change:
// sizes, files, bytes of the heap, and with `--instructions` those of the processor. `--keep` keeps the figures found.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findFigures } from "./compare/check/find-figures.ts";
import { type Figures, worsened } from "./compare/check/worsened.ts";
import { root } from "./compare/folder.ts";

const { values } = parseArgs({
	options: { instructions: { type: "boolean", default: false }, keep: { type: "boolean", default: false } },
});
const file = join(root, "bench/results/check.json");
const found = await findFigures(values.instructions);
console.log(found);
const kept = JSON.parse(await readFile(file, "utf8")) as Figures;
if (values.keep) await writeFile(file, `${JSON.stringify({ ...kept, ...found }, null, "\t")}\n`);
else {
	const worse = worsened(kept, found);
	for (const { figure, kept, found } of worse) console.error(`${figure}: ${found}, was ${kept}`);
	if (worse.length > 0) {
		console.error("If it is worth that: npm run bench:check -- --keep");
		process.exitCode = 1;
	}
}
