// Runs every compiled test on the Node.js that runs this. Words given narrow the files down: `npm test -- races`,
// and one with a `!` before it leaves files out.
// A list of files, since folders and globs mean different things in different versions of `node --test`.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const options = process.argv.slice(2).filter((word) => word.startsWith("-"));
const words = process.argv.slice(2).filter((word) => !word.startsWith("-"));
const files = ["packages/drill/test/dist", "packages/lastcall/test/dist", "bench/dist/test"]
	.flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((file) => join(folder, String(file))))
	.filter(
		(file) =>
			file.endsWith(".test.js") &&
			words.every((word) => (word.startsWith("!") ? !file.includes(word.slice(1)) : file.includes(word))),
	)
	.sort();

if (files.length === 0) {
	console.error(`no test file has ${words.join(" and ")} in its name`);
	process.exit(1);
}
/** These count how many of many requests fail, and run alone; the others mostly wait. */
const ALONE = /\/(balancer|model)\//;
const runs = [
	{ some: files.filter((file) => !ALONE.test(file)), concurrency: 3 },
	{ some: files.filter((file) => ALONE.test(file)), concurrency: 1 },
];
// The only built-in reporter that repeats, behind everything else, which tests failed and why.
const reporter = options.some((option) => option.startsWith("--test-reporter")) ? [] : ["--test-reporter=spec"];
for (const { some, concurrency } of runs) {
	if (some.length === 0) continue;
	const args = ["--test", `--test-concurrency=${concurrency}`, ...reporter, ...options, ...some];
	const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
	if (status !== 0) process.exitCode = status ?? 1;
}
