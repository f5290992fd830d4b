import assert from "node:assert/strict";
import { Agent } from "node:http";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ask } from "../support/ask.ts";
import { Child } from "../support/child.ts";
import { assertInOrder, count } from "../support/text.ts";

/** Longer than the time in which repeated signals count as one. */
const DELIBERATELY_MS = 600;

const FIXTURE = fileURLToPath(new URL("./fixtures/cluster.js", import.meta.url));

/** A primary with two workers that listen, and a request in flight in one of them. */
async function busy(t: TestContext, how: string, options: object = {}) {
	const child = new Child(t, process.execPath, [FIXTURE, JSON.stringify(options), how]);
	await child.printed(/worker listens on [\s\S]*worker listens on /);
	const [, port] = await child.printed(/worker listens on http:\/\/127.0.0.1:(\d+)/);
	const answer = ask(Number(port), "/");
	const [, pid] = await child.printed(/in flight in (\d+)/);
	const [, one, other] = await child.printed(/worker pid (\d+)[\s\S]*worker pid (\d+)/);
	return { child, answer, port: Number(port), worker: Number(pid), workers: [Number(one), Number(other)] };
}

describe("the workers of a cluster", { skip: process.platform === "win32" }, () => {
	it("get a stop message from their primary, finish, and are waited for; none is replaced", async (t) => {
		const { child, answer } = await busy(t, "service");
		child.kill("SIGTERM");
		assert.equal(await answer, "200 whole");
		// All processes have ended by then: it resolves when none has the standard error any more.
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assert.equal(count(stderr, /^worker \d ended with 0, true$/), 2);
		assert.equal(count(stderr, /^database closed$/), 2);
		assertInOrder(stderr, /^worker \d ended[\s\S]*^worker \d ended/m, /^before closed$/m);
		assert.doesNotMatch(stderr, /open handles keep/);
	});

	it("that the platform stops too lose nothing, and get no signal from the primary", async (t) => {
		const { child, answer, worker, workers } = await busy(t, "waits");
		child.kill("SIGTERM");
		for (const pid of workers) process.kill(pid, "SIGTERM");
		await child.printed(/(is shutting down: SIGTERM[\s\S]*){3}/);
		await delay(DELIBERATELY_MS);
		// Only now the primary begins to close its resources, and sends them another stop message.
		child.kill("SIGWINCH");
		await child.printed(/^lastcall: closing 2 resources$/m);
		process.kill(worker, "SIGUSR2");
		assert.equal(await answer, "200 whole");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assert.equal(count(stderr, /again: already/), 0);
	});

	it("that left something are failures in the primary's report", async (t) => {
		const { child, answer } = await busy(t, "short");
		child.kill("SIGTERM");
		assert.equal(await answer, "ECONNRESET");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 1, stderr);
		assert.match(stderr, /workers failed: Error: its shutdown ended with exit code 1: 1 left/);
	});

	it("are killed when time is up", async (t) => {
		const { child, answer } = await busy(t, "stuck", { gracePeriodMs: 600 });
		child.kill("SIGTERM");
		assert.equal(await answer, "ECONNRESET");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 1, stderr);
		assertInOrder(stderr, /^before closed$/m, /left workers closing/);
	});

	it("without a service are ended by SIGTERM", async (t) => {
		const { child, answer } = await busy(t, "plain");
		child.kill("SIGTERM");
		assert.equal(await answer, "ECONNRESET");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assert.equal(count(stderr, /^worker \d ended with SIGTERM, true$/), 2);
	});

	it("that end while the service is running do not stop it", async (t) => {
		const { child, answer, worker } = await busy(t, "stuck");
		process.kill(worker, "SIGKILL");
		assert.equal(await answer, "ECONNRESET");
		await child.printed(/ended with SIGKILL, false[\s\S]*worker listens on/);
		child.kill("SIGTERM");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assert.equal(count(stderr, /^worker \d ended with 0, true$/), 2);
	});

	it("that are disconnected finish their requests", async (t) => {
		const { child, answer } = await busy(t, "service");
		// Both of them: one has nothing in flight.
		child.kill("SIGUSR2");
		assert.equal(await answer, "200 whole");
		await child.printed(/ended with 0, true[\s\S]*ended with 0, true/);
		child.kill("SIGTERM");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assert.equal(count(stderr, /is shutting down: stopped by the parent/), 2);
	});

	it("that are disconnected keep idle connections open for their linger, although Node.js closes the servers", async (t) => {
		const { child, answer, port } = await busy(t, "lingers");
		assert.equal(await answer, "200 whole");
		const agent = new Agent({ keepAlive: true, maxSockets: 1 });
		t.after(() => agent.destroy());
		assert.equal(await ask(port, "/", { agent }), "200 whole");
		child.kill("SIGUSR2");
		await child.printed(/(is shutting down: stopped by the parent[\s\S]*){2}/);
		assert.equal(await ask(port, "/", { agent }), "200 whole");
		// The response had Connection: close. Nothing lingers any more.
		await child.printed(/ended with 0, true[\s\S]*ended with 0, true/);
		child.kill("SIGTERM");
		assert.equal((await child.ended).exit, 0);
	});

	it("finish their requests when the primary has gone", async (t) => {
		const { child, answer } = await busy(t, "service");
		child.kill("SIGKILL");
		assert.equal(await answer, "200 whole");
		const { stderr } = await child.ended;
		assert.equal(count(stderr, /is shutting down: stopped by the parent/), 2);
		assert.equal(count(stderr, /^database closed$/), 2);
	});

	it("negative control: without a service do not finish their requests when the primary has gone", async (t) => {
		const { child, answer } = await busy(t, "plain");
		child.kill("SIGKILL");
		assert.equal(await answer, "ECONNRESET");
		await child.ended;
	});
});
