import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ask } from "../support/ask.ts";
import { assertInOrder, count } from "../support/text.ts";
import { start } from "./fixture.ts";

describe("a run ends", { concurrency: 4 }, () => {
	for (const [what, name, message] of [
		["task", "outbox", "lost its queue"],
		["server", "http", "lost its socket"],
	] as const) {
		it(`when its ${what} fails, with 1 and the error, and what is in flight finishes`, async (t) => {
			const child = start(t, "fails-while-running", { lingerMs: 0 }, what);
			assert.equal(await ask(await child.port(), "/"), "200 whole");
			const { exit, stdout, stderr } = await child.ended;
			assert.equal(exit, 1, stderr);
			assert.equal(stdout, "");
			assertInOrder(
				stderr,
				new RegExp(` is shutting down: ${what} "${name}" failed; `),
				new RegExp(`^lastcall: ${name} failed: Error: ${message}\nlastcall: {5}at `, "m"),
				/^database closed$/m,
				/^lastcall: closed after [\d.]+ m?s, 1 failed, exit code 1$/m,
			);
			assert.equal(count(stderr, new RegExp(message)), 1);
		});
	}

	it("when its caller's signal aborts, with 0", async (t) => {
		const { exit, stdout, stderr } = await start(t, "aborted-by-caller").ended;
		assert.equal(exit, 0, stderr);
		assert.equal(stdout, "");
		assertInOrder(
			stderr,
			/ is running$/m,
			/ is shutting down: aborted by the caller \(the caller has left\); /,
			/^database closed$/m,
			/everything finished, exit code 0$/m,
		);
	});

	it("when its caller's signal has aborted before, with 0 and main not begun", async (t) => {
		const { exit, stderr } = await start(t, "aborted-by-caller", {}, "before").ended;
		assert.equal(exit, 0, stderr);
		assertInOrder(stderr, / is shutting down: aborted by the caller /, /everything finished, exit code 0$/m);
		assert.doesNotMatch(stderr, /is running|database closed/);
	});

	it("when nothing is left to do, with 0 and everything closed", async (t) => {
		const { exit, stdout, stderr } = await start(t, "runs-out-of-work").ended;
		assert.equal(exit, 0, stderr);
		assert.equal(stdout, "");
		assertInOrder(
			stderr,
			/ is running$/m,
			/ is shutting down: nothing left to do; /,
			/^cache closed\ndatabase closed$/m,
			/everything finished, exit code 0$/m,
		);
		assert.equal(count(stderr, /is shutting down/), 1);
	});

	it("when nothing is left to do but main has not ended, with 1 and main named", async (t) => {
		const { exit, stderr } = await start(t, "runs-out-of-work", { gracePeriodMs: 500 }, "waits").ended;
		assert.equal(exit, 1, stderr);
		assertInOrder(
			stderr,
			/ is shutting down: nothing left to do; /,
			/: left main starting \([\d.]+ m?s\)$/m,
			/^cache closed\ndatabase closed$/m,
			/, 1 left, exit code 1$/m,
		);
		assert.doesNotMatch(stderr, /is running/);
	});
});
