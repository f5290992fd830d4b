import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../folder.ts";
import type { Results } from "../results.ts";
import { charts } from "./charts.ts";
import { page } from "./page.ts";
import { withLostTable } from "./readme.ts";

/** Writes the page of the results, and its charts. */
export async function writeReport(results: Results): Promise<void> {
	const files = { "bench.md": page(results), ...charts(results) };
	for (const [name, text] of Object.entries(files)) await writeFile(join(root, "docs", name), text);
	const readme = join(root, "README.md");
	if (results.lost) await writeFile(readme, withLostTable(await readFile(readme, "utf8"), results.lost.rows));
	process.stderr.write(
		`Written: ${Object.keys(files)
			.map((name) => `docs/${name}`)
			.join(", ")}\n`,
	);
}
