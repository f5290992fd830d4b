import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { ask } from "../support/ask.ts";
import { assertInOrder, count } from "../support/text.ts";
import { Preloaded, SHUTTING_DOWN, stopInFlight } from "./preloaded.ts";

const start = (t: TestContext, kind: string): Preloaded => new Preloaded(t, "has-own-service", { args: [kind] });

/** Stops a program whose `run` serves the request in flight. */
async function stopRun(t: TestContext, kind: string) {
	const program = start(t, kind);
	await program.running();
	const [, port] = await program.printed(/^lastcall: own listens on \S+:(\d+)$/m);
	const response = ask(Number(port), "/held");
	await program.printed(/^handling \/held$/m);
	program.kill("SIGTERM");
	await program.printed(/^lastcall: draining, 1 in flight: own GET \/held /m);
	program.release();
	return { response: await response, ...(await program.ended) };
}

describe("a program that uses lastcall itself", { concurrency: 3 }, () => {
	for (const kind of ["run", "run, with a server that listens already", "run, with a server that it does not serve"]) {
		it(`is stopped by its own run, once: ${kind}`, async (t) => {
			const { response, exit, stderr } = await stopRun(t, kind);
			assert.equal(response, "200 whole", stderr);
			assert.equal(exit, 12, stderr);
			assert.equal(count(stderr, SHUTTING_DOWN), 1, stderr);
			assert.equal(count(stderr, /^lastcall: closed after/), 1, stderr);
			assert.equal(count(stderr, / is running$/), 1, stderr);
		});
	}

	it("keeps its own closers", async (t) => {
		const { stderr } = await stopRun(t, "run");
		assertInOrder(stderr, /^lastcall: draining, 1 in flight/m, /^own closer$/m, /^lastcall: closed after/m);
	});

	it("drains what its createService() serves itself", async (t) => {
		const program = start(t, "createService");
		const { response } = await program.inFlight();
		program.kill("SIGTERM");
		await program.printed(/^lastcall: draining, 1 in flight: own GET \/held /m);
		program.release();
		assert.equal(await response, "200 whole");
		const { exit, stderr } = await program.ended;
		assert.equal(exit, 13, stderr);
		assertInOrder(stderr, /^own listener: SIGTERM$/m, /draining/, /^own service: stopped with 0$/m);
		assert.equal(count(stderr, /^lastcall: draining/), 1, stderr);
	});

	it("has the servers drained that its createService() does not serve", async (t) => {
		const program = start(t, "createService beside a server that it does not serve");
		const { response, exit, stderr } = await stopInFlight(program);
		assert.deepEqual({ response, exit }, { response: "200 whole", exit: 13 }, stderr);
		assertInOrder(stderr, /draining, 1 in flight/, /^own listener: SIGTERM$/m);
	});
});
