// Runs the contract on the Node.js that runs this, and prints one JSON line for each kind: rule by rule, how it went.
import { run } from "node:test";
import { fileURLToPath } from "node:url";

const results = new Map<string, Record<string, string>>();
let kind: Record<string, string> = {};
let failed = false;

/** A test's result as the table shows it. */
function resultOf(passed: boolean, skip: unknown): string {
	if (skip !== undefined) return String(skip);
	return passed ? "ok" : "FAILED";
}

const stream = run({ files: [fileURLToPath(new URL("./kinds.test.js", import.meta.url))] });
// Results come in the order of the file, each after the start of its suite.
stream.on("test:start", ({ name, nesting }) => {
	if (nesting > 0) return;
	kind = {};
	results.set(name, kind);
});
stream.on("test:pass", ({ name, nesting, skip }) => {
	if (nesting === 1) kind[name] = resultOf(true, skip);
});
stream.on("test:fail", ({ name, nesting, details }) => {
	failed = true;
	if (nesting === 1) kind[name] = resultOf(false, undefined);
	console.error(name, details.error.cause ?? details.error);
});
for await (const _ of stream);
for (const [name, rules] of results) {
	if (Object.keys(rules).length > 0) console.log(JSON.stringify({ kind: name, rules }));
}
process.exitCode = failed ? 1 : 0;
