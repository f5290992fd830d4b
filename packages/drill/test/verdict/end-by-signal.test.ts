import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RequestRecord } from "#src/record/outcome.js";
import { endedBy, exitStatus, handledSignal, type SignalEnd } from "#src/verdict/end-by-signal.js";

describe("the exit status", () => {
	it("is the code, or 128 + the signal's number", () => {
		assert.equal(exitStatus({ code: 3, signal: null }), 3);
		assert.equal(exitStatus({ code: null, signal: "SIGTERM" }), 143);
		assert.equal(exitStatus({ code: null, signal: null }), undefined);
	});

	for (const [code, signal, by, expected] of [
		[null, "SIGTERM", "SIGTERM", true],
		[143, null, "SIGTERM", true],
		[130, null, "SIGINT", true],
		[130, null, "SIGTERM", false],
		[null, "SIGKILL", "SIGTERM", false],
		[0, null, "SIGTERM", false],
		[null, null, "SIGTERM", false],
		[143, null, "kubectl rollout restart", false],
	] as const) {
		it(`${code ?? signal} is ${expected ? "an" : "no"} end by ${by}`, () => {
			assert.equal(endedBy(by, { code, signal }), expected);
		});
	}
});

/** The stop came at 1,000, the exit at 1,040. */
const usual: SignalEnd = { stoppedAtMs: 1_000, exitedAtMs: 1_040, records: [], lagMs: () => 0, crossingMs: 5 };
const sent: RequestRecord = { id: "r", connection: 0, nth: 0, sentAtMs: 990, endedAtMs: 1_004, outcome: "answered" };

describe("that the target handled the signal", () => {
	for (const [what, expected, record, more] of [
		["nothing was answered", false, {}, {}],
		["a response was on its way", false, {}, {}],
		["a response came later than the network can delay it", true, { endedAtMs: 1_006 }, {}],
		["the drill may have been late itself", false, { endedAtMs: 1_006 }, { lagMs: () => 2 }],
		["a request was answered that was sent after the signal", true, { sentAtMs: 1_001, endedAtMs: 1_002 }, {}],
		["such a request was turned away", true, { sentAtMs: 1_001, endedAtMs: 1_002, outcome: "turned-away" }, {}],
		["such a request was lost", false, { sentAtMs: 1_001, endedAtMs: 1_020, outcome: "reset" }, {}],
		["something else answered after the exit", false, { sentAtMs: 1_001, endedAtMs: 1_041 }, {}],
		["it took long", true, { outcome: "reset" }, { exitedAtMs: 3_001 }],
		["it took long, or the drill was late itself", false, { outcome: "reset" }, { exitedAtMs: 3_001, lagMs: () => 2 }],
	] as const) {
		it(`${expected ? "is" : "is not"} seen where ${what}`, () => {
			const records = what === "nothing was answered" ? [] : [{ ...sent, ...record }];
			assert.equal(handledSignal({ ...usual, records, ...more }), expected);
		});
	}
});
