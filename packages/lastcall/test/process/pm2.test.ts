import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { Child } from "../support/child.ts";
import { assertInOrder, count } from "../support/text.ts";
import { fixture } from "./fixture.ts";

/** Starts the fixture below a parent that does what PM2 does. */
function underPm2(t: TestContext, when: string, stays: boolean, env: NodeJS.ProcessEnv = {}): Child {
	const args = [fixture("stands-in-for-pm2"), fixture("gets-messages"), '{"gracePeriodMs":1000}', when];
	return new Child(t, process.execPath, stays ? [...args, "stays"] : args, {
		// So that a test that fails ends both.
		detached: true,
		stdio: ["pipe", "pipe", "pipe"],
		env: { ...process.env, ...env },
	});
}

describe("under PM2", { concurrency: 2 }, () => {
	for (const MODE of ["fork", "cluster"]) {
		it(`the message "shutdown" is a stop reason in ${MODE} mode`, async (t) => {
			const child = underPm2(t, "never", true, { MODE });
			await child.running();
			child.process.stdin?.write("reload\nshutdown\n");
			const { exit, stderr } = await child.ended;
			assert.equal(exit, 0, stderr);
			assertInOrder(stderr, / is shutting down: stopped by PM2; /, /everything finished, exit code 0$/m);
			assert.equal(count(stderr, /warning|open handles/), 0, stderr);
		});
	}

	it("the channel does not keep a program alive that has nothing left to do", async (t) => {
		const { exit, stderr } = await underPm2(t, "never", false).ended;
		assert.equal(exit, 0, stderr);
		assertInOrder(stderr, / is running$/m, / is shutting down: nothing left to do; /);
	});

	it("a listener of the program keeps it alive", async (t) => {
		for (const when of ["before", "late"]) {
			const child = underPm2(t, when, false);
			await child.running();
			child.process.stdin?.write("one\n");
			await child.printed(/^got one$/m);
			child.process.stdin?.write("shutdown\n");
			const { stdout, stderr } = await child.ended;
			assertInOrder(stderr, / is shutting down: stopped by PM2; /, /everything finished, exit code 0$/m);
			assert.equal(stdout, "got one\ngot shutdown\n");
		}
	});

	it("a listener of the program gets every message, also those from before it was added", async (t) => {
		for (const when of ["before", "late"]) {
			const child = underPm2(t, when, true, { MESSAGES: '["one","two"]' });
			await child.printed(/^got two$/m);
			child.process.stdin?.write("three\nshutdown\n");
			const { exit, stdout } = await child.ended;
			assert.equal(exit, 0);
			assert.equal(stdout, "got one\ngot two\ngot three\ngot shutdown\n");
		}
	});

	it("a child of the program is not stopped by that message", { skip: process.platform !== "linux" }, async (t) => {
		const child = underPm2(t, "before", true, { PARENT_TITLE: "shop" });
		await child.running();
		child.process.stdin?.write("shutdown\n");
		await child.printed(/^got shutdown$/m);
		child.process.stdin?.write("after\n");
		await child.printed(/^got after$/m);
		child.kill("SIGTERM");
		const { stderr } = await child.ended;
		assertInOrder(stderr, / is shutting down: SIGTERM; /, /everything finished, exit code 0$/m);
	});
});
