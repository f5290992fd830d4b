import assert from "node:assert/strict";
import { test } from "node:test";
import { exitCodeOf } from "#src/core/report.js";
import { SIGINT, SIGTERM } from "../support/stop-reasons.ts";

test("0 where everything finished, 1 where something failed or was left", () => {
	assert.equal(exitCodeOf({ hardStop: undefined, ok: true }), 0);
	assert.equal(exitCodeOf({ hardStop: undefined, ok: false }), 1);
	assert.equal(exitCodeOf({ hardStop: { cause: "deadline", atMs: 0 }, ok: false }), 1);
});

test("128 + n where a second signal n ended it, whatever else went wrong", () => {
	for (const ok of [true, false]) {
		assert.equal(exitCodeOf({ hardStop: { cause: SIGINT, atMs: 0 }, ok }), 130);
		assert.equal(exitCodeOf({ hardStop: { cause: SIGTERM, atMs: 0 }, ok }), 143);
	}
});

test("a hard stop that the program asked for is judged like any shutdown", () => {
	const hardStop = { cause: { kind: "call", why: "enough" }, atMs: 0 } as const;
	assert.equal(exitCodeOf({ hardStop, ok: true }), 0);
	assert.equal(exitCodeOf({ hardStop, ok: false }), 1);
});
