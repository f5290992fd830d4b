// Runs before `npm pack` and `npm publish`, in the folder of the library. Leaves in `dist` what users need; `postpack` builds the rest
// again. One file for each entry and one for the code that they share: two hundred files took twice as long to load, and a quarter
// more room. Comments and source maps are left out, since they are for people who change the code. The .d.ts files keep the docs of
// the public interface; declarations that it does not lead to are removed.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildSync } from "esbuild";

const PUBLIC = ["index.d.ts", "testing/index.d.ts"].map((file) => join("dist", file));
const { outputFiles } = buildSync({
	entryPoints: ["dist/index.js", "dist/testing/index.js"],
	outdir: "dist",
	bundle: true,
	// The code that both entries need is in a file that both import, so that a process has one copy of it.
	splitting: true,
	format: "esm",
	platform: "node",
	target: "es2023",
	legalComments: "none",
	write: false,
});
const bundled = outputFiles.map(({ path, text }) => [path, text]);

const files = readdirSync("dist", { recursive: true }).map((file) => join("dist", String(file)));
const reachable = reachableFrom(PUBLIC);
for (const file of files.filter((name) => name.endsWith(".d.ts"))) if (!reachable.has(file)) rmSync(file);
for (const file of files.filter((name) => name.endsWith(".js"))) rmSync(file);
for (const [path, code] of bundled) writeFileSync(path, code);

/**
 * Returns these declaration files and all that they lead to.
 * @param {readonly string[]} first
 */
function reachableFrom(first) {
	const found = new Set(first);
	for (const file of found) {
		for (const [, path = ""] of readFileSync(file, "utf8").matchAll(/(?:from|import\() ?"(\.[^"]+)"/g)) {
			found.add(join(dirname(file), path.replace(/\.[jt]s$/, ".d.ts")));
		}
	}
	return found;
}
