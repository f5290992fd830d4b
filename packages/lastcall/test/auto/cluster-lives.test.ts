import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { ask } from "../support/ask.ts";
import { count } from "../support/text.ts";
import { Preloaded, type PreloadedOptions, SHUTTING_DOWN } from "./preloaded.ts";

interface Busy {
	readonly program: Preloaded;
	readonly responses: Promise<string>[];
	readonly pids: readonly number[];
}

/** A cluster of two in which each worker has a request in flight. */
async function busy(t: TestContext, args: readonly string[], more: PreloadedOptions = {}): Promise<Busy> {
	const program = new Preloaded(t, "has-workers", { args, ...more });
	await program.printed(/(^listens on \d+\n[\s\S]*){2}/m);
	const port = await program.port();
	const responses = [ask(port, "/held"), ask(port, "/held")];
	await program.printed(/(^handling \/held\n[\s\S]*){2}/m);
	const [, first, second] = await program.printed(/^forked 1 with pid (\d+)$[\s\S]*^forked 2 with pid (\d+)$/m);
	return { program, responses, pids: [Number(first), Number(second)] };
}

const WHOLE = ["200 whole", "200 whole"];

describe("a cluster while it lives", { concurrency: 2 }, () => {
	it("replaces its workers by worker.disconnect(): their requests finish", async (t) => {
		const { program, responses } = await busy(t, ["replaces its workers"]);
		program.kill("SIGHUP");
		await program.printed(/(^listens on \d+\n[\s\S]*){4}/m);
		assert.equal(await ask(await program.port(), "/after"), "200 whole");
		program.release();
		assert.deepEqual(await Promise.all(responses), WHOLE);
		await program.printed(/(^worker [12] ended with 0\n[\s\S]*){2}/m);
		program.kill("SIGTERM");
		const { exit, stderr } = await program.ended;
		assert.equal(exit, 0, stderr);
	});

	it("replaces its workers however long their requests take: no signal has begun a grace period", async (t) => {
		const { program, responses } = await busy(t, ["replaces its workers"], {
			env: { LASTCALL_GRACE_PERIOD_MS: "1000" },
			spawn: { detached: true },
		});
		program.kill("SIGHUP");
		await program.printed(/(^listens on \d+\n[\s\S]*){4}/m);
		await delay(2_000);
		program.release();
		assert.deepEqual(await Promise.all(responses), WHOLE);
		await program.printed(/(^worker [12] ended with 0\n[\s\S]*){2}/m);
		process.kill(-(program.process.pid ?? Number.NaN), "SIGKILL");
		assert.doesNotMatch((await program.ended).stderr, /hard stop/);
	});

	it("loses a worker in the drain: the primary does not wait for it", async (t) => {
		const { program, responses, pids } = await busy(t, ["kills its workers"]);
		program.kill("SIGTERM");
		await program.printed(/(draining, 1 in flight: http[\s\S]*){2}/m);
		process.kill(pids[0] ?? Number.NaN, "SIGKILL");
		assert.equal(await Promise.race(responses), "ECONNRESET");
		program.release();
		assert.deepEqual((await Promise.all(responses)).sort(), ["200 whole", "ECONNRESET"]);
		const { exit, stderr } = await program.ended;
		assert.equal(exit, 0, stderr);
		assert.match(stderr, /^primary: own listener, /m);
	});

	it("gets Ctrl+C in all of its processes: one drain in each", async (t) => {
		const program = new Preloaded(t, "has-workers", { args: ["none"], spawn: { detached: true } });
		await program.printed(/(^listens on \d+\n[\s\S]*){2}/m);
		const responses = [ask(await program.port(), "/held"), ask(await program.port(), "/held")];
		await program.printed(/(^handling \/held\n[\s\S]*){2}/m);
		process.kill(-(program.process.pid ?? Number.NaN), "SIGINT");
		await program.printed(/(draining, 1 in flight: http[\s\S]*){2}/m);
		program.release();
		assert.deepEqual(await Promise.all(responses), WHOLE);
		const { exit, stderr } = await program.ended;
		assert.equal(exit, 0, stderr);
		assert.equal(count(stderr, SHUTTING_DOWN), 3, stderr);
	});
});

describe("a primary", { concurrency: 2 }, () => {
	it("with a server of its own drains that and its workers", async (t) => {
		const program = new Preloaded(t, "has-workers", { args: ["has a server itself"] });
		const [, a, b] = await program.printed(/(?:^listens on (\d+)\n[\s\S]*)(?:^listens on (?!\1$)(\d+)\n[\s\S]*)/m);
		await program.printed(/(^listens on \d+\n[\s\S]*){3}/m);
		const responses = [ask(Number(a), "/held"), ask(Number(b), "/held")];
		await program.printed(/(^handling \/held\n[\s\S]*){2}/m);
		program.kill("SIGTERM");
		await program.printed(/(draining, \d in flight: [\s\S]*){2}/m);
		program.release();
		assert.deepEqual(await Promise.all(responses), WHOLE);
		const { exit, stderr } = await program.ended;
		assert.equal(exit, 0, stderr);
	});

	it("whose workers share its listener (SCHED_NONE) drains them", async (t) => {
		const env = { NODE_CLUSTER_SCHED_POLICY: "none" };
		const program = new Preloaded(t, "has-workers", { args: ["kills its workers"], env });
		await program.printed(/(^listens on \d+\n[\s\S]*){2}/m);
		const response = ask(await program.port(), "/held");
		await program.printed(/^handling \/held$/m);
		program.kill("SIGTERM");
		await program.printed(/draining, 1 in flight: http/);
		program.release();
		assert.equal(await response, "200 whole");
		const { exit, stderr } = await program.ended;
		assert.equal(exit, 0, stderr);
		assert.equal(count(stderr, /^forked/), 2, stderr);
	});

	for (const [kind, inWorkers, heard] of [
		["none", "has no server", 2],
		["kills its workers", "has no server", 2],
		["none", "idles", 0],
		["kills its workers", "idles", 0],
	] as const) {
		it(`whose workers have no server does not wait for them: ${kind}, ${inWorkers}`, async (t) => {
			const program = new Preloaded(t, "has-workers", { args: [kind, inWorkers] });
			await program.printed(/(^worker \d: ready\n[\s\S]*){2}/m);
			program.kill("SIGTERM");
			const { exit, stderr } = await program.ended;
			assert.equal(exit, 0, stderr);
			assert.equal(count(stderr, /^worker \d: own listener$/), heard, stderr);
			assert.equal(count(stderr, /^forked/), 2, stderr);
			assert.doesNotMatch(stderr, /hard stop|warning/);
		});
	}
});
