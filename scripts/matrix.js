// `npm run matrix` packs the library, installs it beside bundlers, test runners and compilers in folders outside of the repository, and
// checks that a server which each of them has built or loaded stops without losing a request. Prints a Markdown table. Words narrow it
// down: `npm run matrix -- jest "node:test"`. It needs the registry.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { TOOLS } from "./matrix/cells.js";
import { narrow, tryTools } from "./matrix/try-tools.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const words = process.argv.slice(2).map((word) => word.toLowerCase());
const folder = mkdtempSync(join(tmpdir(), "lastcall-packed-"));
/** @type {Map<string, string[]>} */
const rows = new Map();
let failed = 0;

try {
	const packed = execFileSync("npm", ["pack", "--json", "--pack-destination", folder], {
		cwd: join(root, "packages/lastcall"),
		encoding: "utf8",
		shell: process.platform === "win32",
	});
	const tarball = join(folder, JSON.parse(packed)[0].filename);
	for await (const { tool, version, node, how, error } of tryTools(narrow(TOOLS, isWanted), tarball)) {
		const line = `| ${tool === "Node.js" ? `Node.js ${node}` : `${tool} ${version}`} | ${node} |`;
		rows.set(line, [...(rows.get(line) ?? []), error === undefined ? how : `**${how}: fails**`]);
		process.stderr.write(`${error === undefined ? "ok    " : "FAILED"} ${line.slice(2)} ${how}\n`);
		if (error === undefined) continue;
		failed++;
		process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
	}
} finally {
	rmSync(folder, { recursive: true });
}
console.log(`\n${new Date().toISOString().slice(0, 10)}, ${process.platform}\n`);
console.log("| tool | run on Node.js | works |\n| --- | --- | --- |");
for (const [line, cells] of rows) console.log(`${line} ${cells.join("; ")} |`);
if (failed > 0 || rows.size === 0) {
	console.error(rows.size === 0 ? `nothing has ${words.join(" and ")} in its name` : `${failed} failed`);
	process.exitCode = 1;
}

/**
 * Returns true if the cell has all the words in its names.
 * @param {import("./matrix/cells.js").Tool} tool
 * @param {string} how
 */
function isWanted({ name, node = "", packages = [] }, how) {
	const text = `${name} ${node} ${packages} ${how}`.toLowerCase();
	return words.every((word) => text.includes(word));
}
