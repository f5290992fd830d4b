import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { Child } from "../support/child.ts";
import { assertInOrder } from "../support/text.ts";

/** A program with a child and a grandchild that doesn't stop, all of them running. */
async function program(t: TestContext, ...args: string[]): Promise<Child> {
	const fixture = fileURLToPath(new URL("./fixtures/runs-a-child.js", import.meta.url));
	const child = new Child(t, process.execPath, [fixture, ...args]);
	await child.printed(/^grandchild \d+$/m);
	return child;
}

describe("a program that runs a child", { skip: process.platform === "win32" }, () => {
	it("leaves no process behind at its deadline, and names what was left", async (t) => {
		const child = await program(t, '{ "gracePeriodMs": 800 }');
		child.kill("SIGTERM");
		// It resolves when no process has the standard error any more.
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 1, stderr);
		assertInOrder(
			stderr,
			/^child signalled$/m,
			/^grandchild signalled$/m,
			/^database closed$/m,
			/^lastcall: hard stop after .* \(out of time\): left child closing /m,
			/, 1 left, exit code 1$/m,
		);
	});

	it("ends when the grandchild ends", async (t) => {
		const child = await program(t);
		const [, pid] = await child.printed(/^grandchild (\d+)$/m);
		child.kill("SIGTERM");
		await child.printed(/^grandchild signalled$/m);
		process.kill(Number(pid), "SIGUSR2");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assertInOrder(stderr, /^grandchild signalled$/m, /^database closed$/m, /everything finished, exit code 0$/m);
	});

	it("that exits too early has sent the signal to the child", async (t) => {
		const child = await program(t, "{}", "exits");
		const [, pid] = await child.printed(/^grandchild (\d+)$/m);
		// The grandchild has no parent then: only the leader of the group gets the signal, since there is no time to wait.
		child.process.once("exit", () => process.kill(Number(pid), "SIGKILL"));
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 5, stderr);
		assert.match(stderr, /process.exit\(\) was called .*runs-a-child/);
		assert.doesNotMatch(stderr, /database closed/);
	});
});
