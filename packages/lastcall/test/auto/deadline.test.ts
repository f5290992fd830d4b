import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { assertInOrder, count } from "../support/text.ts";
import { DRAINING, Preloaded } from "./preloaded.ts";

/** The program's listeners get the last fifth: long enough for what a test does in it, on a busy machine too. */
const LONG_MS = 7_500;

function start(t: TestContext, kind: string, graceMs = 2_000): Preloaded {
	return new Preloaded(t, "handles-signals", { args: [kind], env: { LASTCALL_GRACE_PERIOD_MS: `${graceMs}` } });
}

/** The warning that the program gets its signal before the drain is over. */
const EARLY =
	/^lastcall: warning: the drain is not over, with 1 in flight, and the program's own listeners get SIGTERM now/m;

describe("a request that takes longer than the drain may", { concurrency: 5 }, () => {
	it("finishes where the program's own listener waits for it: the signal comes before the deadline", async (t) => {
		const program = start(t, "hangs", LONG_MS);
		const { response } = await program.inFlight();
		program.kill("SIGTERM");
		await program.printed(/^own listener: hangs$/m);
		program.release();
		assert.equal(await response, "200 whole");
		program.kill("SIGKILL");
		const { stderr } = await program.ended;
		assertInOrder(stderr, DRAINING, EARLY, /^own listener: hangs$/m);
		assert.equal(count(stderr, /^own listener/), 1, stderr);
	});

	it("finishes where the program's own listener closes the server", async (t) => {
		const program = start(t, "closes a database", LONG_MS);
		const { response } = await program.inFlight();
		program.kill("SIGTERM");
		await program.printed(EARLY);
		program.release();
		assert.equal(await response, "200 whole");
		const { exit, stderr } = await program.ended;
		assert.equal(exit, 7, stderr);
		assertInOrder(stderr, EARLY, /^own listener: server closed$/m, /^own listener: database closed$/m);
		assert.doesNotMatch(stderr, /hard stop/);
	});

	it("is cut at the deadline, whatever the listener does", async (t) => {
		const program = start(t, "hangs");
		const { response } = await program.inFlight("/stuck");
		program.kill("SIGTERM");
		assert.equal(await response, "ECONNRESET");
		await program.printed(/^lastcall: warning: .*has not ended by itself/m);
		program.kill("SIGKILL");
		const { stderr } = await program.ended;
		assertInOrder(stderr, EARLY, /^own listener: hangs$/m, /hard stop after .*: left http.* GET \/stuck /);
		assert.equal(count(stderr, /^own listener/), 1, stderr);
	});

	it("is cut by a listener that exits, which is warned of", async (t) => {
		const program = start(t, "exits at once");
		const { response } = await program.inFlight("/stuck");
		program.kill("SIGTERM");
		assert.equal(await response, "ECONNRESET");
		const { exit, stderr } = await program.ended;
		assert.equal(exit, 0, stderr);
		assertInOrder(stderr, EARLY, /^own listener: SIGTERM/m, /^lastcall: warning: process\.exit\(\) was called at /m);
	});

	it("without a listener it is cut at the deadline, with exit code 1", async (t) => {
		const program = start(t, "none");
		const { response } = await program.inFlight("/stuck");
		program.kill("SIGTERM");
		assert.equal(await response, "ECONNRESET");
		const { exit, stderr } = await program.ended;
		assert.equal(exit, 1, stderr);
		assertInOrder(stderr, DRAINING, /hard stop after .*: left http.* GET \/stuck /, /exit code 1$/m);
	});
});
