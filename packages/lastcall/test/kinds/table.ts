// `npm run kinds -- [versions]`: the contract, rule by rule, for every kind of connection on every version of Node.js.
import { execFileSync, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { RULES } from "./kind.ts";

const versions = process.argv.length > 2 ? process.argv.slice(2) : ["20", "22", "24", "26"];
const rows = fileURLToPath(new URL("./rows.js", import.meta.url));
const script = fileURLToPath(new URL("../../../../../scripts/node-version.js", import.meta.url));

interface Row {
	readonly kind: string;
	readonly rules: Readonly<Record<string, string>>;
}

let failed = false;
const byKind = new Map<string, string[][]>();
for (const version of versions) {
	const own = process.versions.node.split(".")[0] === version;
	const node = own ? process.execPath : execFileSync(process.execPath, [script, version], { encoding: "utf8" }).trim();
	const { stdout, status } = spawnSync(node, [rows], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
	failed ||= status !== 0;
	for (const line of stdout.split("\n").filter(Boolean)) {
		const { kind, rules } = JSON.parse(line) as Row;
		const results = byKind.get(kind) ?? RULES.map(() => []);
		for (const [i, rule] of RULES.entries()) results[i]?.push(rules[rule] ?? "missing");
		byKind.set(kind, results);
	}
}

console.log(`| kind | ${RULES.join(" | ")} |`);
console.log(`| --- |${" --- |".repeat(RULES.length)}`);
for (const [kind, results] of byKind) console.log(`| ${kind} | ${results.map(cell).join(" | ")} |`);
console.log(`\nEach on Node.js ${versions.join(", ")}.`);
process.exitCode = failed ? 1 : 0;

/** `ok` where it is so on every version; otherwise version by version. */
function cell(results: readonly string[]): string {
	const [first] = results;
	if (first !== undefined && results.length === versions.length && results.every((result) => result === first))
		return first;
	return results.map((result, i) => `${versions[i]}: ${result}`).join(", ");
}
