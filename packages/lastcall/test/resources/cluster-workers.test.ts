import assert from "node:assert/strict";
import type { Cluster } from "node:cluster";
import { EventEmitter } from "node:events";
import { it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { ClusterWorkers } from "#src/resources/cluster-workers.js";
import { FakeWorker } from "./fake-worker.ts";

/** The workers of a primary whose service does not stop. */
function workersOf(...all: readonly FakeWorker[]): ClusterWorkers {
	const cluster = Object.assign(new EventEmitter(), { isPrimary: true, workers: { ...all } });
	return new ClusterWorkers(cluster as unknown as Cluster, {
		drainSignal: new AbortController().signal,
		reason: () => undefined,
		stopSignals: () => [],
		failed: () => {},
	});
}

it("a drain waits for a worker whose service begins while others drain", async () => {
	const [early, late] = [new FakeWorker(), new FakeWorker()];
	const workers = workersOf(early, late);
	early.sends("here", "1");
	let isDrained = false;
	const drained = workers.drain().then(() => {
		isDrained = true;
	});
	late.sends("here", "2");
	assert.equal(late.received.at(-1), "drain");
	early.sends("drained", "1");
	await nextTurn();
	assert.equal(isDrained, false);
	late.sends("drained", "2");
	await drained;
});

it("a worker whose service begins after the drain drains, and may have its signals at once", async () => {
	const late = new FakeWorker();
	const workers = workersOf(late);
	await workers.drain();
	workers.deliver();
	late.received.length = 0;
	late.sends("here", "1");
	assert.deepEqual(
		late.received.filter((message) => message !== "siblings"),
		["drain", "deliver"],
	);
});
