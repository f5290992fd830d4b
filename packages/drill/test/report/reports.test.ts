import assert from "node:assert/strict";
import { describe, it } from "node:test";
import picocolors from "picocolors";
import { convert } from "xmlbuilder2";
import { junit } from "#src/report/junit.js";
import { roundLine } from "#src/report/round-line.js";
import { stepSummary } from "#src/report/step-summary.js";
import { summary, verdictText } from "#src/report/summary.js";
import { cleanExit, lostBy, reportOf, round } from "../support/sample-report.ts";
import { schemaErrors } from "../support/schema-errors.ts";

const plain = picocolors.createColors(false);
const failed = reportOf([
	round([lostBy("idle-connection"), lostBy("response-cut")]),
	round([], { round: 2, exit: { ...cleanExit, code: 1 } }),
	round([], { round: 3 }),
]);
const passed = reportOf([round()]);

describe("the JSON report", () => {
	for (const [name, report] of Object.entries({ failed, passed })) {
		it(`is what its schema says (${name})`, () => {
			assert.equal(schemaErrors(JSON.parse(JSON.stringify(report))), "");
		});
	}

	it("has no field that its schema doesn't know", () => {
		assert.notEqual(schemaErrors({ ...passed, more: 1 }), "");
		assert.notEqual(schemaErrors({ ...passed, rounds: [{ ...round(), more: 1 }] }), "");
		const { verdict: _, ...without } = passed;
		assert.notEqual(schemaErrors(without), "");
	});
});

describe("the JUnit report", () => {
	it("has a test case for each round, failed by each reason that it shows", () => {
		const { testsuites } = convert(junit(failed), { format: "object" }) as unknown as {
			testsuites: { testsuite: { "@tests": string; "@failures": string; testcase: Record<string, unknown>[] } };
		};
		const { testsuite } = testsuites;
		assert.deepEqual([testsuite["@tests"], testsuite["@failures"]], ["3", "2"]);
		assert.deepEqual(
			testsuite.testcase.map(({ failure }) =>
				[failure ?? []].flat().map((one) => (one as { "@type": string })["@type"]),
			),
			[["idle-connection", "response-cut", "loss-hidden"], ["exit-code"], []],
		);
	});

	it("stays XML, whatever the target is called", () => {
		const hostile = { ...failed, target: { ...failed.target, url: 'http://h/?a=<b>&"c"' } };
		assert.ok(junit(hostile).includes(' name="lastcall-drill http://h/?a=&lt;b&gt;&amp;&quot;c&quot;" '));
	});
});

describe("the summary", () => {
	it("is a table, the verdict and what to do", () => {
		const [head, , , , , verdict, ...rest] = summary(failed, plain).split("\n");
		assert.match(String(head), /^load +requests +answered +turned away +reset +cut +unanswered +lost +refused$/);
		assert.match(summary(failed, plain), /^pausing +32 +30 +0 +2 +0 +0 +2 +3$/m);
		assert.match(summary(failed, plain), /^FAIL 2 of 32 requests in 3 rounds were lost$/m);
		assert.match(
			[verdict, ...rest].join("\n"),
			/✗ 1 request was lost on kept-alive .* \(in 1 of 3 rounds\)\n {2}Answer one more/,
		);
	});

	it("of a pass is short", () => {
		assert.equal(verdictText(passed, plain), "PASS none of 10 requests in 1 round was lost");
	});

	it("of a round is a line", () => {
		assert.equal(roundLine(round()), "round 1: exit 0 after 120 ms, 10 requests, none lost");
		const exit = { ...cleanExit, killed: true, atMs: 10_012 };
		assert.equal(
			roundLine(round([lostBy("grace-period")], { exit, portHeld: true })),
			"round 1: killed after 10 s, 11 requests, 1 lost, the port still open",
		);
	});

	it("for GitHub is Markdown that a URL can't break", () => {
		const text = stepSummary(failed);
		assert.match(text, /^### ❌ lastcall-drill: fail\n\n3 rounds of `http:\/\/127\.0\.0\.1:8080\/`\n\n\| load +\|/);
		assert.match(text, /\*\*1 request was lost on kept-alive/);
		assert.match(stepSummary(passed), /^### ✅ lastcall-drill: pass/);
	});
});
