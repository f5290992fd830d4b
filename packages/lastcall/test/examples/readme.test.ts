import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { arrived } from "../support/arrived.ts";
import { ask } from "../support/ask.ts";
import { Child } from "../support/child.ts";
import { assertInOrder } from "../support/text.ts";

const root = new URL("../../../../../", import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, root), "utf8");

test("the README is at most 200 lines long", () => {
	assert.ok(read("README.md").split("\n").length <= 200);
});

for (const name of ["Express", "Fastify"]) {
	test(`the README's ${name} program runs as it is: it finishes what is in flight at Ctrl+C, and exits with 0`, async (t) => {
		const child = startProgram(t, name);
		const port = await child.port();
		const response = ask(port, "/");
		await arrived(port);
		child.kill("SIGINT");
		assert.equal(await response, "200 Hello\n");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assertInOrder(stderr, / is shutting down: SIGINT; grace period 9\.0 s$/m, /everything finished, exit code 0$/m);
	});
}

test("the documentation of the test kit shows examples/shop.test.ts, which passes", () => {
	assert.ok(
		read("docs/testing.md").includes(`\`\`\`ts\n// examples/shop.test.ts\n${read("examples/shop.test.ts")}\`\`\``),
	);
	const { NODE_TEST_CONTEXT: _, ...env } = process.env;
	const file = fileURLToPath(new URL("examples/dist/shop.test.js", root));
	const out = execFileSync(process.execPath, ["--test", "--test-reporter=tap", file], { env, encoding: "utf8" });
	assert.match(out, /^# pass 1$/m);
});

/** Runs the program in the README's section of this name, on a port that is free. */
function startProgram(t: TestContext, name: string): Child {
	const section = read("README.md").split(`\n### ${name}\n`)[1] ?? assert.fail(`there is no section ${name}`);
	const [, program] = /```js\n([\s\S]*?)```/.exec(section) ?? assert.fail(`${name} has no program`);
	// A folder from which the packages that it imports can be resolved.
	const folder = mkdtempSync(fileURLToPath(new URL("examples/dist/readme-", root)));
	t.after(() => rmSync(folder, { recursive: true }));
	const file = join(folder, "server.js");
	writeFileSync(file, program?.replace("8080", "0") ?? "");
	return new Child(t, process.execPath, [file]);
}
