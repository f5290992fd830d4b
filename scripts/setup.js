// Prepares a clone: installs the dependencies if the lockfile has changed, then builds incrementally.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const installed = join(root, "node_modules/.package-lock.json");
const wanted = join(root, "package-lock.json");

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(wanted).mtimeMs) {
	step("installing dependencies", "npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
}
const tsc = join(root, "node_modules/typescript/bin/tsc");
// What the other programs import is the library as it is published.
step("building the library", process.execPath, [tsc, "-b", "packages/lastcall"]);
step("bundling the library", process.execPath, [join(root, "scripts/bundle-library.js")]);
step("building the rest", process.execPath, [tsc, "-b"]);
step("bundling the drill's page", process.execPath, [join(root, "scripts/bundle-page.js")]);

/**
 * @param {string} title
 * @param {string} command
 * @param {string[]} args
 */
function step(title, command, args) {
	const started = performance.now();
	process.stderr.write(`${title} … `);
	// npm is a .cmd file on Windows, which only a shell can start.
	const { status } = spawnSync(command, args, {
		cwd: root,
		stdio: ["ignore", "inherit", "inherit"],
		shell: command === "npm" && process.platform === "win32",
	});
	process.stderr.write(`${((performance.now() - started) / 1000).toFixed(1)} s\n`);
	if (status !== 0) process.exit(status ?? 1);
}
