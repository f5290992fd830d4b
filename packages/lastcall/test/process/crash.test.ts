import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ask } from "../support/ask.ts";
import { assertInOrder, count } from "../support/text.ts";
import { start } from "./fixture.ts";

const OPTIONS = { lingerMs: 0, gracePeriodMs: 1_500, crashGracePeriodMs: 1_500 };

describe("an uncaught error", { concurrency: 4 }, () => {
	for (const path of ["/throw", "/reject"] as const) {
		it(`by ${path} lets other work finish, closes everything, and ends the process with 1 and the stack`, async (t) => {
			const child = start(t, "crashes-when-asked", OPTIONS);
			const port = await child.port();
			const answer = ask(port, "/slow");
			await child.printed(/handling \/slow/);
			const crashed = ask(port, path);
			assert.equal(await answer, "200 whole");
			assert.equal(await crashed, "ECONNRESET");
			const { exit, stdout, stderr } = await child.ended;
			assert.equal(exit, 1, stderr);
			assert.equal(stdout, "");
			assertInOrder(
				stderr,
				/ is shutting down: uncaught error; /,
				new RegExp(`^lastcall: uncaught failed: Error: crashed by ${path}\nlastcall: {5}at .*crashes-when-asked`, "m"),
				new RegExp(`^lastcall: hard stop .*: left http GET ${path} `, "m"),
				/^database closed$/m,
				/^lastcall: closed after .*, 1 left, 1 failed, exit code 1$/m,
			);
			assert.equal(count(stderr, /Error: crashed by/), 1);
		});
	}

	it("while it drains is in the report too", async (t) => {
		const child = start(t, "crashes-when-asked", OPTIONS);
		const port = await child.port();
		const slow = ask(port, "/slow");
		const late = ask(port, "/throw-late");
		await child.printed(/handling \/slow/);
		await child.printed(/handling \/throw-late/);
		void ask(port, "/throw");
		assert.equal(await slow, "200 whole");
		assert.equal(await late, "ECONNRESET");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 1, stderr);
		assertInOrder(
			stderr,
			/^lastcall: uncaught failed: Error: crashed by \/throw\n/m,
			/^lastcall: uncaught failed: Error: crashed by \/throw-late\n/m,
			/, 2 left, 2 failed, exit code 1$/m,
		);
		assert.equal(count(stderr, /is shutting down/), 1);
	});

	it("while it drains because of a signal makes the exit code 1", async (t) => {
		const child = start(t, "crashes-when-asked", OPTIONS);
		const port = await child.port();
		const slow = ask(port, "/slow");
		void ask(port, "/throw-late");
		await child.printed(/handling \/slow/);
		await child.printed(/handling \/throw-late/);
		child.kill("SIGTERM");
		assert.equal(await slow, "200 whole");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 1, stderr);
		assertInOrder(
			stderr,
			/ is shutting down: SIGTERM; /,
			/^lastcall: uncaught failed: Error: crashed by \/throw-late\n/m,
		);
	});

	it("is left to the program where it handles rejections itself", async (t) => {
		const child = start(t, "handles-rejections");
		await child.printed(/handled it myself: Error: rejected/);
		child.kill("SIGTERM");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assertInOrder(stderr, /^handled it myself: Error: rejected$/m, / is shutting down: SIGTERM; /);
		assert.doesNotMatch(stderr, /failed/);
	});

	it("after everything is closed makes the exit code 1", async (t) => {
		const { exit, stderr } = await start(t, "crashes-after-the-end").ended;
		assert.equal(exit, 1, stderr);
		assert.match(stderr, /Error: too late\n/);
	});
});
