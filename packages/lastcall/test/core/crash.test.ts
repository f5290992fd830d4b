import assert from "node:assert/strict";
import { test } from "node:test";
import type { ServiceOptions, ShutdownReport, StopReason } from "lastcall";
import { hang } from "../support/deferred.ts";
import { SIGTERM } from "../support/stop-reasons.ts";
import { runningService } from "../support/watched-service.ts";

const CRASH: StopReason = { kind: "uncaught", error: new Error("boom") };

/** How a service with a task and a closer that hang ends, and the times that its server got. */
async function endOf(
	reason: StopReason,
	options: ServiceOptions,
): Promise<ShutdownReport & { readonly announcedMs: number | undefined; readonly lingerMs: number | undefined }> {
	const { service, clock, state, emitted, serve } = await runningService(options);
	service.defer("db", hang);
	service.task("stuck", hang);
	const http = serve("http");
	void state.stop(reason);
	await clock.advance(options.gracePeriodMs ?? 10_000);
	const report = await service.closed;
	return { ...report, announcedMs: emitted("stopping")[0]?.gracePeriodMs, lingerMs: http.drains[0]?.lingerMs };
}

test("after an uncaught error the grace period is a quarter as long, and so is each part of it", async () => {
	const { durationMs, hardStop, announcedMs, lingerMs } = await endOf(CRASH, { gracePeriodMs: 40_000 });
	assert.deepEqual([announcedMs, durationMs, hardStop?.atMs, lingerMs], [10_000, 10_000, 8_000, 1_000]);
});

test("after an uncaught error the times that the program has set are shortened in proportion, so that they still fit", async () => {
	const options = { gracePeriodMs: 10_000, crashGracePeriodMs: 1_000, closeReserveMs: 6_000, lingerMs: 2_000 };
	const { durationMs, hardStop, lingerMs } = await endOf(CRASH, options);
	assert.deepEqual([durationMs, hardStop?.atMs, lingerMs], [1_000, 400, 200]);
});

test("every stop reason but an uncaught error has the whole grace period", async () => {
	const error = new Error("boom");
	for (const reason of [SIGTERM, { kind: "task-failed", name: "outbox", error }] satisfies StopReason[]) {
		const { durationMs, hardStop, lingerMs } = await endOf(reason, { gracePeriodMs: 30_000 });
		assert.deepEqual([durationMs, hardStop?.atMs, lingerMs], [30_000, 24_000, 3_000]);
	}
});

test("an uncaught error during a shutdown does not move the deadline", async () => {
	const { service, clock, state } = await runningService({ gracePeriodMs: 9_000 });
	service.task("stuck", hang);
	void state.stop(SIGTERM);
	await clock.advance(1_000);
	void state.stop(CRASH);
	await clock.advance(8_000);
	assert.equal((await service.closed).durationMs, 9_000);
});
