import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RequestRecord } from "#src/record/outcome.js";
import { countByStatus, type Responses } from "#src/record/responses.js";
import { errorFindings } from "#src/verdict/error-responses.js";
import { round } from "../support/sample-report.ts";

type Load = readonly [beforeStop: Responses, afterStop?: Responses];

function findings(loads: readonly Load[], maxErrors = 50): Record<string, Responses> {
	const [load] = round().loads;
	assert.ok(load);
	const reports = loads.map(([beforeStop, afterStop = {}]) => ({ ...load, responses: { beforeStop, afterStop } }));
	return Object.fromEntries(errorFindings(round([], { loads: reports }), maxErrors));
}

describe("errors before the stop", () => {
	for (const [what, loads, expected] of [
		["none", [[{ 200: 1_000, 301: 5, 101: 2 }]], {}],
		["less than one in a hundred", [[{ 200: 991, 404: 9 }]], {}],
		["one in a hundred: a note", [[{ 200: 990, 404: 6, 503: 4 }]], { "errors-before-stop": { 404: 6, 503: 4 } }],
		["half: a note", [[{ 200: 500, 429: 500 }]], { "errors-before-stop": { 429: 500 } }],
		["more than half", [[{ 200: 6_919, 404: 8_564 }]], { "mostly-errors": { 404: 8_564 } }],
		["more than half refused", [[{ 200: 2, refused: 3 }]], { "mostly-errors": { refused: 3 } }],
		["all of one load of two", [[{ 200: 9_000 }], [{ 404: 9 }]], { "mostly-errors": { 404: 9 } }],
		["none by then, but all errors later, as on a slow path", [[{}, { 404: 9 }]], { "mostly-errors": { 404: 9 } }],
		["none by then, and only turned away later", [[{}, { 503: 9, refused: 9 }]], {}],
		["no responses at all", [[{}]], {}],
	] as const) {
		it(what, () => {
			assert.deepEqual(findings(loads), expected);
		});
	}

	it("may be as many as the user says", () => {
		assert.deepEqual(findings([[{ 404: 9 }]], 100), { "errors-before-stop": { 404: 9 } });
		assert.deepEqual(findings([[{ 200: 98, 404: 2 }]], 1), { "mostly-errors": { 404: 2 } });
	});
});

describe("errors after the stop", () => {
	for (const [what, load, expected] of [
		["where there was none before", [{ 200: 5_000 }, { 200: 15, 500: 1 }], { 500: 1 }],
		["one, of as many responses as before, may be chance", [{ 200: 50 }, { 200: 50, 500: 1 }], undefined],
		[
			"by the share that there was before",
			[
				{ 200: 950, 500: 50 },
				{ 200: 93, 500: 7 },
			],
			undefined,
		],
		["of a status that comes in bursts anyway", [{ 200: 400, 404: 600 }, { 404: 60 }], undefined],
		[
			"of a rare status, beside one that is not",
			[
				{ 200: 800, 404: 195, 500: 5 },
				{ 404: 20, 500: 15 },
			],
			{ 500: 15 },
		],
		["that only turn away", [{ 200: 5_000 }, { 503: 20, 429: 5, refused: 9 }], undefined],
		["of the kind that it answers with in normal service", [{ 404: 900 }, { 404: 20 }], undefined],
	] as const) {
		it(what, () => {
			assert.deepEqual(findings([load])["errors-after-stop"], expected);
		});
	}
});

describe("responses", () => {
	it("are counted by status, with what was refused, and without what was lost or is no status", () => {
		const record: RequestRecord = { id: "r", connection: 0, nth: 0, sentAtMs: 1, endedAtMs: 2, outcome: "answered" };
		const records: RequestRecord[] = [
			{ ...record, status: 200 },
			{ ...record, status: 200 },
			{ ...record, status: 503, outcome: "turned-away" },
			{ ...record, outcome: "turned-away", detail: "behind-close" },
			{ ...record, status: 200, outcome: "cut" },
			{ ...record, status: 502, outcome: "unanswered" },
			{ ...record, outcome: "refused" },
			{ ...record, status: 1001 },
		];
		assert.deepEqual(countByStatus(records), { 200: 2, 503: 1, refused: 1 });
	});
});
