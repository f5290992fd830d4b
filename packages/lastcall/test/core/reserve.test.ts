import assert from "node:assert/strict";
import { test } from "node:test";
import type { ServiceOptions } from "lastcall";
import { hang } from "../support/deferred.ts";
import { runningService } from "../support/watched-service.ts";

/** When a task that hangs is hard-stopped, in a service with that many resources. */
async function hardStopOf(options: ServiceOptions, resources: number): Promise<number | undefined> {
	const { service, clock } = await runningService(options);
	for (let i = 0; i < resources; i++) service.defer(`resource ${i}`, () => {});
	service.task("stuck", hang);
	const stopped = service.stop();
	await clock.advance(options.gracePeriodMs ?? 10_000);
	return (await stopped).hardStop?.atMs;
}

test("a fifth of the grace period is kept for closing, however many resources there are", async () => {
	assert.equal(await hardStopOf({}, 1), 8_000);
	assert.equal(await hardStopOf({ gracePeriodMs: 30_000 }, 3), 24_000);
});

test("with nothing to close no time is kept for closing: work has the whole grace period", async () => {
	assert.equal(await hardStopOf({}, 0), 10_000);
});

test("closeReserveMs sets the time that is kept for closing", async () => {
	assert.equal(await hardStopOf({ closeReserveMs: 4_000 }, 1), 6_000);
	assert.equal(await hardStopOf({ closeReserveMs: 4_000 }, 0), 6_000);
	assert.equal(await hardStopOf({ closeReserveMs: 0 }, 1), 10_000);
	assert.equal(await hardStopOf({ closeReserveMs: 10_000 }, 1), 0);
});

test("a lame duck takes its time from the drain, not from the close reserve", async () => {
	assert.equal(await hardStopOf({ lameDuckMs: 5_000 }, 1), 8_000);
	assert.equal(await hardStopOf({ lameDuckMs: 5_000, closeReserveMs: 5_000 }, 1), 5_000);
});

test("closers have all that is left of the grace period, not only the close reserve", async () => {
	const { service, clock } = await runningService({ gracePeriodMs: 10_000, closeReserveMs: 1_000 });
	service.defer("db", () => clock.wait(9_000));
	const stopped = service.stop();
	await clock.advance(9_000);
	assert.deepEqual((await stopped).closers, [{ name: "db", outcome: "closed", durationMs: 9_000 }]);
});

test("the first resource to be acquired while draining has the close reserve too", async () => {
	const { service, clock } = await runningService();
	service.task("late start", async () => {
		await clock.wait(100);
		service.defer("db", () => clock.wait(50));
		await hang();
	});
	const stopped = service.stop();
	await clock.advance(10_000);
	const { hardStop, closers } = await stopped;
	assert.equal(hardStop?.atMs, 8_000);
	assert.deepEqual(closers, [{ name: "db", outcome: "closed", durationMs: 50 }]);
});
