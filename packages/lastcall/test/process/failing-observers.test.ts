import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertInOrder, count } from "../support/text.ts";
import { start } from "./fixture.ts";

const OBSERVERS = [
	["log", "throws"],
	["log", "rejects"],
	["log", "throws in a tick"],
	["logger", "throws"],
	["logger", "rejects"],
	["logger", "throws in a tick"],
	["subscriber", "throws"],
	["subscriber", "throws in a tick"],
] as const;

describe("an observer of the service", { concurrency: 4 }, () => {
	for (const [observer, how] of OBSERVERS) {
		it(`stops nothing where it is a ${observer} that ${how}, and causes one warning`, async (t) => {
			const child = start(t, "has-failing-observers", { lingerMs: 0 }, observer, how);
			await child.printed(/started/);
			child.kill("SIGTERM");
			const { exit, stdout, stderr } = await child.ended;
			assertInOrder(stdout, /^database closed$/m, /^signal mail$/m);
			assert.equal(exit, 1, stderr);
			assert.equal(
				count(stderr, /^lastcall: warning: .*: Error: observer \d+ at .*has-failing-observers\.js:\d+/),
				1,
				stderr,
			);
			assert.equal(count(stderr, /Error: observer/), 1, stderr);
		});
	}

	it("that throws changes nothing after the last event either, where the process goes on", async (t) => {
		const child = start(t, "has-failing-observers", { lingerMs: 0, exit: false }, "subscriber", "throws");
		await child.printed(/started/);
		child.kill("SIGTERM");
		const { exit, stdout, stderr } = await child.ended;
		assert.match(stdout, /^signal mail$/m);
		assert.equal(exit, 0, stderr);
	});

	it("that throws hides no error of the program in the same turn", async (t) => {
		const { exit, stdout, stderr } = await start(
			t,
			"has-failing-observers",
			{ lingerMs: 0 },
			"subscriber",
			"throws",
			"crashes",
		).ended;
		assert.equal(exit, 1, stderr);
		assertInOrder(stderr, /^lastcall: uncaught failed: Error: not by an observer$/m, /, 2 failed, exit code 1$/m);
		assert.match(stdout, /^call uncaught,mail$/m);
	});

	it("that fails for each of its own failures does not fail for ever", async (t) => {
		const { exit, stdout, stderr } = await start(t, "has-failing-observers", { lingerMs: 0 }, "subscriber", "rejects")
			.ended;
		assert.equal(exit, 1, stderr);
		assertInOrder(stdout, /^database closed$/m, /^uncaught uncaught,/m);
		assert.equal(count(stderr, /^lastcall: uncaught failed: Error: observer/), 100);
		assert.equal(count(stderr, /^lastcall: uncaught failed: Error: more than 100 uncaught errors/), 1);
	});
});
