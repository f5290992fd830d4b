import assert from "node:assert/strict";
import { after, test } from "node:test";
import fc from "fast-check";
import { type Move, moves, play } from "./model.ts";
import { SteppedServer } from "./stepped.ts";

// LASTCALL_MODEL_RUNS=2000 for long; LASTCALL_MODEL_SEED, LASTCALL_MODEL_PATH to replay what a failure prints.
const { LASTCALL_MODEL_RUNS, LASTCALL_MODEL_SEED, LASTCALL_MODEL_PATH } = process.env;
const replay: fc.Parameters<[Move[]]> = {
	...(LASTCALL_MODEL_SEED ? { seed: Number(LASTCALL_MODEL_SEED) } : undefined),
	...(LASTCALL_MODEL_PATH ? { path: LASTCALL_MODEL_PATH } : undefined),
};

const server = new SteppedServer();
after(() => server.close());

test("whatever the order, a request is answered whole or provably not processed", async () => {
	const property = fc.asyncProperty(moves, async (script) => {
		assert.deepEqual(await play(server, "lastcall", script), []);
	});
	await fc.assert(property, { numRuns: Number(LASTCALL_MODEL_RUNS ?? 60), endOnFailure: false, ...replay });
});

test("negative control: under the same orders bare close() loses requests", async () => {
	const property = fc.asyncProperty(moves, async (script) => {
		assert.deepEqual(await play(server, "bare", script), []);
	});
	const { failed, counterexample } = await fc.check(property, { numRuns: 200, endOnFailure: true });
	assert.ok(failed, "bare close() lost nothing in 200 orders: the model proves nothing");
	assert.ok(counterexample !== null);
});
