import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, it, type TestContext } from "node:test";
import { type Drilled, drillCli } from "../support/drill-cli.ts";
import { exampleFile, exampleWithout } from "../support/example.ts";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const skip = !existsSync(CHROMIUM) && process.env.CI === undefined && `there is no ${CHROMIUM}`;

/** In the line of a round. A few of them are no failure of a drill: the program may have had a reason. */
const ERRORS = /\d answered with an error/;

function drill(t: TestContext, words: readonly string[]): Promise<Drilled> {
	// A page that a browser renders takes seconds where other programs have the CPU: all in flight get the time for it.
	const env = { CHROMIUM, LASTCALL_GRACE_PERIOD_MS: "28000" };
	const loads = ["in-flight,connections=4", "back-to-back,connections=2"];
	const options = ["--grace", "30s", ...loads.flatMap((load) => ["--load", load])];
	return drillCli(t, options, [process.execPath, ...words], env);
}

describe("examples/playwright", { skip }, () => {
	it("finishes the pages that are being rendered, then closes the browser", async (t) => {
		const { exit, tally, output } = await drill(t, [exampleFile("playwright")]);
		t.diagnostic(`playwright: ${tally.lost} of ${tally.total} lost`);
		assert.equal(tally.lost, 0, output);
		assert.ok(tally.answered >= 6, output);
		assert.doesNotMatch(output, ERRORS);
		assert.equal(exit, 0, output);
	});

	it("negative control: Playwright's own signal handlers kill the browser before that", async (t) => {
		const { output } = await drill(t, await exampleWithout("playwright", /handleSIGTERM: false,/));
		assert.match(output, ERRORS);
	});
});
