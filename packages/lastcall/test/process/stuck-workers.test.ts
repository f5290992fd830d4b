import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { stuckWorkers } from "#src/process/stuck-threads.js";

test("worker threads that can end are not stuck, however long the machine stands still meanwhile", async (t) => {
	const source = 'require("node:worker_threads").parentPort.postMessage("running"); for (;;);';
	// Several: one alone may have ended before the first look.
	const workers = Array.from({ length: 8 }, () => new Worker(source, { eval: true }));
	await Promise.all(workers.map((worker) => once(worker, "message")));
	let now = performance.now();
	// Half a second passes between any two looks at the clock.
	t.mock.method(performance, "now", () => (now += 500));
	assert.deepEqual(stuckWorkers(), []);
});
