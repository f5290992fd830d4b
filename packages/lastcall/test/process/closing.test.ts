import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ask } from "../support/ask.ts";
import { assertInOrder, count } from "../support/text.ts";
import { start } from "./fixture.ts";

describe("closing", { concurrency: 4 }, () => {
	it("happens in reverse, each resource once", async (t) => {
		const child = start(t, "closes-badly", { lingerMs: 0 }, "first", "second", "third");
		await child.running();
		child.kill("SIGTERM");
		const { exit, stdout, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assert.equal(stdout, "");
		assert.match(
			stderr,
			/^lastcall: closing 3 resources\nclosing third\nclosing second\nclosing first\nlastcall: closed /m,
		);
		assert.equal(count(stderr, /^closing /), 3);
	});

	for (const [how, message] of [
		["throws", "can't close"],
		["rejects", "won't close"],
	] as const) {
		it(`goes on where one closer ${how}, and the process ends with 1 and the error`, async (t) => {
			const child = start(t, "closes-badly", { lingerMs: 0 }, "first", how, "third");
			await child.running();
			child.kill("SIGTERM");
			const { exit, stderr } = await child.ended;
			assert.equal(exit, 1, stderr);
			assertInOrder(
				stderr,
				new RegExp(`^closing third\nclosing ${how}$`, "m"),
				new RegExp(`^lastcall: ${how} failed: Error: ${message}\nlastcall: {5}at `, "m"),
				/^closing first$/m,
				/^lastcall: closed after [\d.]+ m?s, 1 failed, exit code 1$/m,
			);
		});
	}

	it("goes on where one closer hangs, and the process ends at the deadline with 1 and its name", async (t) => {
		const child = start(t, "closes-badly", { lingerMs: 0, gracePeriodMs: 600 }, "first", "hangs", "third");
		await child.running();
		child.kill("SIGTERM");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 1, stderr);
		assertInOrder(
			stderr,
			/^closing third\nclosing hangs\nclosing first$/m,
			/^lastcall: hard stop after [\d.]+ m?s \(out of time\): left hangs closing \([\d.]+ m?s\)$/m,
			/^lastcall: closed after [\d.]+ m?s, 1 left, exit code 1$/m,
		);
	});

	it("has its reserve where a request is left, which is reported with the closer that fails", async (t) => {
		const child = start(t, "closes-badly", { lingerMs: 0, gracePeriodMs: 1_500 }, "first", "throws", "dawdles");
		const answer = ask(await child.port(), "/stuck");
		await child.printed(/handling \/stuck/);
		child.kill("SIGTERM");
		assert.equal(await answer, "ECONNRESET");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 1, stderr);
		assertInOrder(
			stderr,
			/^lastcall: hard stop after [\d.]+ m?s \(out of time\): left http GET \/stuck \([\d.]+ m?s\)$/m,
			/^closing dawdles\ndawdled\nclosing throws$/m,
			/^lastcall: throws failed: Error: can't close\n/m,
			/^closing first$/m,
			/^lastcall: closed after [\d.]+ m?s, 1 left, 1 failed, exit code 1$/m,
		);
	});

	it("reports a closer that hangs even where a request has been left before", async (t) => {
		const child = start(t, "closes-badly", { lingerMs: 0, gracePeriodMs: 800 }, "first", "hangs");
		void ask(await child.port(), "/stuck");
		await child.printed(/handling \/stuck/);
		child.kill("SIGTERM");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 1, stderr);
		assertInOrder(stderr, / left http GET \/stuck \(/, /^closing hangs\nclosing first$/m, /, 2 left, exit code 1$/m);
		assert.match(stderr, /left .*hangs closing \([\d.]+ m?s\)/);
	});
});
