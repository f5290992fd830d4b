import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { ask } from "../support/ask.ts";
import { assertInOrder, count } from "../support/text.ts";
import { Preloaded, type PreloadedOptions } from "./preloaded.ts";

interface Busy {
	readonly program: Preloaded;
	/** Of one request in flight in each worker. */
	readonly responses: Promise<string>[];
}

/** A cluster in which each worker has a request in flight: the primary gives connections to its workers in turn. */
async function busy(t: TestContext, args: readonly string[], more: PreloadedOptions = {}): Promise<Busy> {
	const program = new Preloaded(t, "has-workers", { args, ...more });
	await program.printed(/(^listens on \d+\n[\s\S]*){2}/m);
	const port = await program.port();
	const responses = [ask(port, "/held"), ask(port, "/held")];
	await program.printed(/(^handling \/held\n[\s\S]*){2}/m);
	return { program, responses };
}

/** Resolves when each worker is draining its request. */
async function draining({ program }: Busy, workers = 2): Promise<void> {
	await program.printed(new RegExp(`(draining, 1 in flight: [\\s\\S]*){${workers}}`, "m"));
}

async function finish({ program, responses }: Busy) {
	program.release();
	return { responses: await Promise.all(responses), ...(await program.ended) };
}

/** The pids of the workers. */
async function workersOf(program: Preloaded): Promise<number[]> {
	const [, first, second] = await program.printed(/^forked 1 with pid (\d+)$[\s\S]*^forked 2 with pid (\d+)$/m);
	return [Number(first), Number(second)];
}

const WHOLE = ["200 whole", "200 whole"];

describe("the primary of a cluster has its workers drained first", { concurrency: 2 }, () => {
	it("without a listener: SIGTERM to the primary alone ends all of them", async (t) => {
		const cluster = await busy(t, ["none"]);
		cluster.program.kill("SIGTERM");
		await draining(cluster);
		const { responses, exit, stderr } = await finish(cluster);
		// All of them have ended: they have the same standard output.
		assert.deepEqual({ responses, exit }, { responses: WHOLE, exit: 0 }, stderr);
		assert.equal(count(stderr, /^forked/), 2, stderr);
	});

	it("negative control: without the flag, SIGTERM to the primary alone loses their requests", async (t) => {
		const { program, responses } = await busy(t, ["none"], { flags: [] });
		program.kill("SIGTERM");
		assert.deepEqual(await Promise.all(responses), ["ECONNRESET", "ECONNRESET"]);
	});

	for (const kind of [
		"kills its workers",
		"kills their processes",
		"disconnects the cluster",
		"disconnects its workers",
	]) {
		it(`with a listener that ${kind}: no replacement is forked`, async (t) => {
			const cluster = await busy(t, [kind]);
			cluster.program.kill("SIGTERM");
			await draining(cluster);
			const { responses, exit, stderr } = await finish(cluster);
			assert.deepEqual({ responses, exit }, { responses: WHOLE, exit: 0 }, stderr);
			assertInOrder(
				stderr,
				/draining, 1 in flight/,
				/^primary: own listener, 2 workers, 0 ended$/m,
				/^primary: no worker left$/m,
			);
			assert.equal(count(stderr, /^forked/), 2, stderr);
			assert.equal(count(stderr, /^worker \d ended with (0|SIGTERM)$/), 2, stderr);
		});
	}

	it("with a listener that exits at once: it is called after the drain", async (t) => {
		const cluster = await busy(t, ["exits at once"]);
		cluster.program.kill("SIGTERM");
		await draining(cluster);
		const { responses, exit, stderr } = await finish(cluster);
		assert.deepEqual({ responses, exit }, { responses: WHOLE, exit: 0 }, stderr);
		assert.match(stderr, /^primary: own listener, 2 workers, 0 ended$/m);
	});

	it("with listeners in its workers: they are called when the primary passes the signal on", async (t) => {
		const cluster = await busy(t, ["kills its workers", "exits"]);
		cluster.program.kill("SIGTERM");
		await draining(cluster);
		const { responses, exit, stderr } = await finish(cluster);
		assert.deepEqual({ responses, exit }, { responses: WHOLE, exit: 0 }, stderr);
		assertInOrder(stderr, /^primary: own listener, 2 workers, 0 ended$/m, /^worker \d: own listener$/m);
		assert.equal(count(stderr, /^worker \d: own listener$/), 2, stderr);
		assert.equal(count(stderr, /^worker \d ended with 16$/), 2, stderr);
	});

	it("with listeners in its workers and none of its own: it passes the signal on itself", async (t) => {
		const cluster = await busy(t, ["none", "exits"]);
		cluster.program.kill("SIGTERM");
		await draining(cluster);
		const { responses, stderr } = await finish(cluster);
		assert.deepEqual(responses, WHOLE, stderr);
		assert.equal(count(stderr, /^worker \d: own listener$/), 2, stderr);
		assert.equal(count(stderr, /^forked/), 2, stderr);
	});

	it("keeps the exit codes that the program has set", async (t) => {
		const cluster = await busy(t, ["has an exit code", "has an exit code"]);
		cluster.program.kill("SIGTERM");
		await draining(cluster);
		const { responses, exit, stderr } = await finish(cluster);
		assert.deepEqual({ responses, exit }, { responses: WHOLE, exit: 14 }, stderr);
		assert.equal(count(stderr, /no listener of the program, exit code 15$/), 2, stderr);
	});
});

describe("a cluster that is signaled in another way", { concurrency: 2 }, () => {
	for (const kind of ["none", "kills its workers"]) {
		it(`SIGTERM to the whole process group: ${kind}`, async (t) => {
			const cluster = await busy(t, [kind], { spawn: { detached: true } });
			process.kill(-(cluster.program.process.pid ?? Number.NaN), "SIGTERM");
			await draining(cluster);
			const { responses, exit, stderr } = await finish(cluster);
			assert.deepEqual({ responses, exit }, { responses: WHOLE, exit: 0 }, stderr);
			assert.equal(count(stderr, /^forked/), 2, stderr);
		});
	}

	it("a worker that is signaled alone is drained, and replaced by the primary", async (t) => {
		const cluster = await busy(t, ["kills its workers"]);
		const { program, responses } = cluster;
		const [first] = await workersOf(program);
		process.kill(first ?? Number.NaN, "SIGTERM");
		await draining(cluster, 1);
		program.release();
		assert.deepEqual(await Promise.all(responses), WHOLE);
		await program.printed(/^worker 1 ended with 0$/m);
		await program.printed(/^forked 3 with pid/m);
		await program.printed(/(^listens on \d+\n[\s\S]*){3}/m);
		assert.equal(await ask(await program.port(), "/after"), "200 whole");
		program.kill("SIGTERM");
		const { exit, stderr } = await program.ended;
		assert.equal(exit, 0, stderr);
		assertInOrder(stderr, /^primary: own listener, 2 workers, 1 ended$/m, /^primary: no worker left$/m);
		assert.equal(count(stderr, /^forked/), 3, stderr);
	});
});
