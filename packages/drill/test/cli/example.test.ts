import assert from "node:assert/strict";
import { it } from "node:test";
import { EXAMPLE, EXAMPLE_ENV, reasonsOf, reported } from "../support/drill-process.ts";

it("this repository's first example loses nothing under the usual loads", async (t) => {
	const { code, stdout, report } = await reported(t, ["--", ...EXAMPLE], { env: EXAMPLE_ENV });
	assert.equal(code, 0, stdout);
	assert.deepEqual(reasonsOf(report), []);
	assert.deepEqual(
		report.rounds[0]?.loads.map(({ name, tally }) => [name, tally.answered > 0, tally.lost]),
		[
			["back-to-back", true, 0],
			["pausing", true, 0],
			["new-connections", true, 0],
		],
	);
});
