import assert from "node:assert/strict";
import { test } from "node:test";
import { decideExitCode } from "#src/core/exit-code.js";
import { SIGINT, SIGTERM } from "../support/stop-reasons.ts";

test("the exit code is 0 if everything finished, and 1 if something failed or was left", () => {
	assert.equal(decideExitCode({ hardStop: undefined, ok: true }), 0);
	assert.equal(decideExitCode({ hardStop: undefined, ok: false }), 1);
	assert.equal(decideExitCode({ hardStop: { cause: "deadline", atMs: 0 }, ok: false }), 1);
});

test("the exit code is 128 + n if a second signal n ended the shutdown, whatever else went wrong", () => {
	for (const ok of [true, false]) {
		assert.equal(decideExitCode({ hardStop: { cause: SIGINT, atMs: 0 }, ok }), 130);
		assert.equal(decideExitCode({ hardStop: { cause: SIGTERM, atMs: 0 }, ok }), 143);
	}
});

test("after a hard stop that the program asked for the exit code is that of any shutdown", () => {
	const hardStop = { cause: { kind: "call", why: "enough" }, atMs: 0 } as const;
	assert.equal(decideExitCode({ hardStop, ok: true }), 0);
	assert.equal(decideExitCode({ hardStop, ok: false }), 1);
});
