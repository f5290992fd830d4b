import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { type Drilled, drillCli } from "../support/drill-cli.ts";
import { exampleFile, exampleWithout } from "../support/example.ts";

const HELLO = "path=/graphql?query=%7Bhello%7D";
const LOADS = [
	`back-to-back,connections=16,${HELLO}`,
	`pausing,connections=100,${HELLO}`,
	`new-connections,connections=16,${HELLO}`,
	"in-flight,connections=16,path=/graphql?query=%7Breport%7D",
];

function drill(t: TestContext, words: readonly string[]): Promise<Drilled> {
	// Apollo refuses a GET that a page of another site could send.
	const options = ["--header", "apollo-require-preflight: true", ...LOADS.flatMap((load) => ["--load", load])];
	return drillCli(t, options, [process.execPath, ...words]);
}

describe("examples/apollo", () => {
	it("loses no operation at SIGTERM, and fails none", async (t) => {
		const { exit, tally, output } = await drill(t, [exampleFile("apollo")]);
		t.diagnostic(`apollo: ${tally.lost} of ${tally.total} lost`);
		assert.equal(tally.lost, 0, output);
		assert.ok(tally.answered > 200, output);
		assert.match(output, /^database closed$/m);
		assert.equal(exit, 0, output);
	});

	it("negative control: Apollo's own signal handlers fail the operations of the drain", async (t) => {
		const { exit, reasons, output } = await drill(
			t,
			await exampleWithout("apollo", /,\s*stopOnTerminationSignals: false/),
		);
		assert.equal(exit, 1, output);
		assert.ok(reasons.includes("errors-after-stop"), output);
	});

	it("negative control: without lastcall loses operations at SIGTERM", async (t) => {
		const { exit, tally, output } = await drill(t, [exampleFile("without-lastcall/apollo")]);
		t.diagnostic(`apollo in its own way: ${tally.lost} of ${tally.total} lost`);
		assert.ok(tally.lost > 0, output);
		assert.equal(exit, 1, output);
	});
});
