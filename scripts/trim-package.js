// Before `npm pack` and `npm publish`, in the folder of the library: leaves in `dist` what its users need. `postpack` builds
// the rest again. One file for each entry, and one for what they share: two hundred took twice as long to load, and a quarter more
// room. The docs of the public interface are in its .d.ts files; declarations that nothing public leads to are of no
// use; comments in the code and source maps are for those who change it, and have the repository.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildSync } from "esbuild";

const PUBLIC = ["index.d.ts", "testing/index.d.ts"].map((file) => join("dist", file));
const { outputFiles } = buildSync({
	entryPoints: ["dist/index.js", "dist/testing/index.js"],
	outdir: "dist",
	bundle: true,
	// What both entries need is in one file that both import: one copy of it in a process.
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
 * The declaration files that these lead to, with themselves.
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
