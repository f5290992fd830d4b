import assert from "node:assert/strict";
import type { Cluster } from "node:cluster";
import { EventEmitter } from "node:events";
import { it } from "node:test";
import { ClusterDrain } from "#src/auto/cluster-drain.js";
import { FakeWorker } from "../resources/fake-worker.ts";
import { runningInternally } from "../support/quiet-service.ts";

it("a worker whose service begins while a primary without listeners closes its workers drains, and may end then", async (t) => {
	const service = await runningInternally(t);
	const late = new FakeWorker();
	const cluster = Object.assign(new EventEmitter(), { isPrimary: true, workers: { late } });
	new ClusterDrain(cluster as unknown as Cluster, service.state, () => false);
	await service.stop();
	late.received.length = 0;
	late.sends("here");
	assert.deepEqual(
		late.received.filter((message) => message !== "siblings"),
		["drain", "deliver"],
	);
});
