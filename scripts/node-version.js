// Prints the path of the `node` of a major version, which is installed from the registry if it is missing: `node-version.js 24`.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [, , major = ""] = process.argv;
const folder = join(root, ".cache", `node-${major}`);
const binary = join(folder, "node_modules", "node", "bin", "node");

if (!existsSync(binary)) {
	const options = ["--prefix", folder, "--no-audit", "--no-fund", "--loglevel=error"];
	execFileSync("npm", ["install", ...options, `node@${major}`], {
		stdio: ["ignore", "ignore", "inherit"],
		shell: process.platform === "win32",
	});
}
console.log(binary);
