// Part of `npm run lint`: every file that ARCHITECTURE.md, CONTRIBUTING.md, SECURITY.md and docs/internals name in code marks exists,
// and so does every file that they link to. A name may leave out the folders before it: `gate.ts`, `http1/half-close.ts`.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root, encoding: "utf8" })
	.split("\n")
	.filter((file) => existsSync(join(root, file)));
const pages = files.filter((file) => /^(ARCHITECTURE|CONTRIBUTING|SECURITY)\.md$|^docs\/internals\//.test(file));
let count = 0;
for (const page of pages) {
	for (const [number, line] of readFileSync(join(root, page), "utf8").split("\n").entries()) {
		// Not `lib/…`, which are files of Node.js.
		const named = [...line.matchAll(/`((?!lib\/)[\w./-]+\.(?:ts|js|cjs|json))`/g)].map(([, name = ""]) => name);
		const linked = [...line.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target = ""]) => target);
		const missing = [
			...named.filter((name) => !files.some((file) => `/${file}`.endsWith(`/${name}`))),
			...linked.filter((target) => !existsSync(join(root, dirname(page), target))),
		];
		for (const name of missing) console.error(`${page}:${number + 1}: there is no ${name}`);
		count += missing.length;
	}
}
console.log(`${pages.length} pages, ${count} names of files that do not exist`);
process.exitCode = count > 0 ? 1 : 0;
