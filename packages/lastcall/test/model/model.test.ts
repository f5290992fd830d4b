// Any order of connecting, sending, pausing, finishing and stopping, against a server that is frozen between two
// moves. A failure prints what was lost, and every move in order, with its time, with what the server did
// meanwhile and the outcome of each request; and how to replay it:
//
//   LASTCALL_MODEL_SEED=… LASTCALL_MODEL_PATH=… npm test -- model
//
// LASTCALL_MODEL_RUNS=100000 sets the number of schedules, LASTCALL_MODEL_SIDE_BY_SIDE=16 how many run at a time.
import assert from "node:assert/strict";
import { test } from "node:test";
import { playMany } from "./runs.ts";

const { LASTCALL_MODEL_RUNS, LASTCALL_MODEL_SIDE_BY_SIDE, LASTCALL_MODEL_SEED, LASTCALL_MODEL_PATH } = process.env;
const sideBySide = Number(LASTCALL_MODEL_SIDE_BY_SIDE ?? 8);
const seed = Number(LASTCALL_MODEL_SEED ?? Date.now() % 2 ** 31);

test("in any order of events, each request gets a complete response or provably was not processed", async () => {
	const path = LASTCALL_MODEL_PATH;
	const runs = Number(LASTCALL_MODEL_RUNS ?? 200);
	const lost = await playMany({ kind: "lastcall", runs, seed, path, sideBySide: path === undefined ? sideBySide : 1 });
	if (lost !== undefined) assert.fail(lost);
});

test("negative control: in the same orders of events bare close() loses requests", async () => {
	const lost = await playMany({ kind: "bare", runs: 200, sideBySide: 1, seed });
	assert.ok(lost !== undefined, "bare close() lost nothing in 200 orders: the model proves nothing");
});
