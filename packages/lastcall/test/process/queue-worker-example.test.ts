import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { Child, type Ending } from "../support/child.ts";
import { assertInOrder, count } from "../support/text.ts";

const EXAMPLE = fileURLToPath(new URL("../../../../../examples/dist/queue-worker.js", import.meta.url));

/** Stops the worker when it holds two messages of ten. */
async function stopped(t: TestContext, env: NodeJS.ProcessEnv): Promise<Ending> {
	const child = new Child(t, process.execPath, [EXAMPLE], { env: { ...process.env, MESSAGES: "10", ...env } });
	await child.printed(/^message 2 taken$/m);
	await child.running();
	child.kill("SIGTERM");
	return child.ended;
}

describe("examples/queue-worker", { concurrency: true }, () => {
	it("finishes the jobs that it holds and takes no more", async (t) => {
		const { exit, stdout, stderr } = await stopped(t, { WORK_MS: "2000" });
		assert.equal(exit, 0, stderr);
		assert.equal(count(stdout, /^message \d+ given back$/), 0, stdout);
		const [handled, taken] = [count(stdout, /^message \d+ handled$/), count(stdout, /^message \d+ taken$/)];
		assert.equal(handled, taken, stdout);
		assert.match(stdout, new RegExp(`^queue closed: ${handled} handled, ${10 - taken} wait$`, "m"));
	});

	it("gives back jobs that it can't finish in time, before the queue is closed, and names them", async (t) => {
		const { exit, stdout, stderr } = await stopped(t, { WORK_MS: "60000", GRACE_PERIOD_MS: "1000" });
		assert.equal(exit, 1, stderr);
		assertInOrder(stdout, /^message 1 given back$/m, /^message 2 given back$/m, /^queue closed: 0 handled, 10 wait$/m);
		assert.match(stderr, /^lastcall: hard stop after .* \(out of time\): left .*\bmessage 2 \(/m);
		assert.match(stderr, /^lastcall: closed after .*, 4 left, exit code 1$/m);
	});

	it("ends at once without jobs", async (t) => {
		const child = new Child(t, process.execPath, [EXAMPLE], { env: { ...process.env, MESSAGES: "1", WORK_MS: "1" } });
		await child.printed(/^message 1 handled$/m);
		await child.running();
		child.kill("SIGTERM");
		const { exit, stdout, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assert.match(stdout, /^queue closed: 1 handled, 0 wait$/m);
	});
});
