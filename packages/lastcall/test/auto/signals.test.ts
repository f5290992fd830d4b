import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { assertInOrder, count } from "../support/text.ts";
import { DRAINING, Preloaded, SHUTTING_DOWN } from "./preloaded.ts";

/** Longer than the time in which repeated signals count as one. */
const DELIBERATELY_MS = 600;

/** A program that is draining, with a request in flight that has not been released. */
async function draining(t: TestContext, kind: string, signal: NodeJS.Signals) {
	const env = { LASTCALL_GRACE_PERIOD_MS: "60000" };
	const program = new Preloaded(t, "handles-signals", { args: [kind], env });
	const { response } = await program.inFlight();
	program.kill(signal);
	await program.printed(DRAINING);
	return { program, response };
}

describe("a signal within 500 ms of the first", { concurrency: 3 }, () => {
	for (const [first, second] of [
		["SIGTERM", "SIGTERM"],
		["SIGINT", "SIGINT"],
		["SIGTERM", "SIGINT"],
	] as const) {
		it(`is the same stop: ${first}, then ${second}`, async (t) => {
			const program = new Preloaded(t, "handles-signals", { args: ["listens for both"] });
			const { response } = await program.inFlight();
			program.kill(first);
			program.kill(second);
			await program.printed(DRAINING);
			program.release();
			assert.equal(await response, "200 whole");
			const { exit, stderr } = await program.ended;
			assert.equal(exit, 0, stderr);
			assert.equal(count(stderr, SHUTTING_DOWN), 1, stderr);
			assert.equal(count(stderr, /^own listener/), 1, stderr);
			assert.doesNotMatch(stderr, /hard stop|again/);
		});
	}
});

describe("a later signal", { concurrency: 3 }, () => {
	it("SIGTERM is logged, cuts nothing and is delivered once", async (t) => {
		const { program, response } = await draining(t, "closes and exits", "SIGTERM");
		await delay(DELIBERATELY_MS);
		program.kill("SIGTERM");
		await program.printed(/^lastcall: SIGTERM again: already shutting down, /m);
		program.release();
		assert.equal(await response, "200 whole");
		const { exit, stderr } = await program.ended;
		assert.equal(exit, 0, stderr);
		assert.equal(count(stderr, /^own listener: closed, no error$/), 1, stderr);
		assert.doesNotMatch(stderr, /hard stop/);
	});

	it("SIGINT after SIGINT is a hard stop, and reaches the listener of the program", async (t) => {
		const { program, response } = await draining(t, "counts Ctrl+C", "SIGINT");
		await delay(DELIBERATELY_MS);
		program.kill("SIGINT");
		assert.equal(await response, "ECONNRESET");
		const { exit, stderr } = await program.ended;
		assert.equal(exit, 5, stderr);
		assertInOrder(
			stderr,
			/^lastcall: hard stop after .* \(SIGINT\): left http.* GET \/held /m,
			/^own listener: Ctrl\+C 1$/m,
			/^own listener: Ctrl\+C 2$/m,
		);
	});

	it("SIGINT after SIGTERM is a hard stop, and both reach the program, in this order", async (t) => {
		const { program, response } = await draining(t, "hears both", "SIGTERM");
		await delay(DELIBERATELY_MS);
		program.kill("SIGINT");
		assert.equal(await response, "ECONNRESET");
		const { exit, stderr } = await program.ended;
		assert.equal(exit, 6, stderr);
		assertInOrder(stderr, /hard stop .*\(SIGINT\)/, /^own listener: SIGTERM$/m, /^own listener: SIGINT$/m);
	});

	it("SIGINT is a hard stop without a listener of the program too, with exit code 130", async (t) => {
		const { program, response } = await draining(t, "none", "SIGTERM");
		await delay(DELIBERATELY_MS);
		program.kill("SIGINT");
		assert.equal(await response, "ECONNRESET");
		const { exit, stderr } = await program.ended;
		assert.equal(exit, 130, stderr);
		assertInOrder(stderr, SHUTTING_DOWN, /hard stop .*\(SIGINT\): left http.* GET \/held /, /exit code 130$/m);
	});

	it("passes at once after the delivery", async (t) => {
		const { program, response } = await draining(t, "waits for a second signal", "SIGTERM");
		program.release();
		assert.equal(await response, "200 whole");
		await program.printed(/^own listener: SIGTERM 1$/m);
		await delay(DELIBERATELY_MS);
		program.kill("SIGTERM");
		const { exit, stderr } = await program.ended;
		assert.equal(exit, 8, stderr);
		assert.match(stderr, /^own listener: SIGTERM 2$/m);
	});
});
