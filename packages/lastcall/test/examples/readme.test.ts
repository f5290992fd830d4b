import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = new URL("../../../../../", import.meta.url);
const readme = readFileSync(new URL("README.md", root), "utf8");

for (const name of ["http-server.ts", "shop.test.ts"]) {
	test(`the README shows examples/${name} as it is`, () => {
		const source = readFileSync(new URL(`examples/${name}`, root), "utf8");
		assert.ok(readme.includes(`\`\`\`ts\n// examples/${name}\n${source}\`\`\``));
	});
}

test("the README's test passes", () => {
	const { NODE_TEST_CONTEXT: _, ...env } = process.env;
	const file = fileURLToPath(new URL("examples/dist/shop.test.js", root));
	const out = execFileSync(process.execPath, ["--test", "--test-reporter=tap", file], { env, encoding: "utf8" });
	assert.match(out, /^# pass 1$/m);
});
