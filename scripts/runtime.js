// Prints the path of another JavaScript runtime, which is installed from the registry if it is missing: `runtime.js bun`.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The versions in the README's table of runtimes. */
const VERSIONS = { bun: "1.4", deno: "2.9" };

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [, , name = ""] = process.argv;
const version = Object.entries(VERSIONS).find(([known]) => known === name)?.[1];
if (version === undefined) throw new Error(`wanted one of ${Object.keys(VERSIONS).join(", ")}, got "${name}"`);
const folder = join(root, ".cache", `${name}-${version}`);
const binary = join(folder, "node_modules", ".bin", name);

if (!existsSync(binary)) {
	const options = ["--prefix", folder, "--no-audit", "--no-fund", "--loglevel=error"];
	execFileSync("npm", ["install", ...options, `${name}@${version}`], {
		stdio: ["ignore", "ignore", "inherit"],
		shell: process.platform === "win32",
	});
}
console.log(binary);
