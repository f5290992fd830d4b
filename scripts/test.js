// Runs every compiled test on the Node.js that runs this; words given narrow the files down: `npm test -- races`,
// and one with a `!` before it leaves files out.
// A list of files, since a folder or a glob means other things to other versions of `node --test`.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const options = process.argv.slice(2).filter((word) => word.startsWith("-"));
const words = process.argv.slice(2).filter((word) => !word.startsWith("-"));
const files = ["packages/drill/test/dist", "packages/lastcall/test/dist"]
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
// One file at a time: the races need the machine for themselves.
const { status } = spawnSync(process.execPath, ["--test", "--test-concurrency=1", ...options, ...files], {
	cwd: root,
	stdio: "inherit",
});
process.exit(status ?? 1);
