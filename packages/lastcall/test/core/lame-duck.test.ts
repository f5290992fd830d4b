import assert from "node:assert/strict";
import { test } from "node:test";
import type { StopReason } from "lastcall";
import { SIGTERM } from "../support/stop-reasons.ts";
import { runningService, WatchedService } from "../support/watched-service.ts";

test("a lame duck serves as before for lameDuckMs: it is not ready, and its drain signal has not aborted", async () => {
	const { service, clock, state, serve } = await runningService({ lameDuckMs: 500 });
	const http = serve("http");
	assert.equal(service.ready, true);
	void state.stop(SIGTERM);
	assert.equal(service.ready, false);
	await clock.advance(499);
	assert.equal(service.phase, "lame-duck");
	assert.equal(service.drainSignal.aborted, false);
	assert.deepEqual(http.drains, []);
	await clock.advance(1);
	assert.equal(service.phase, "draining");
	assert.equal(http.drains.length, 1);
});

test("there is no lame duck by default, nor with lameDuckMs: 0", async () => {
	for (const options of [{}, { lameDuckMs: 0 }]) {
		const { state, clock, emitted } = await runningService(options);
		const stopped = state.stop(SIGTERM);
		await clock.advance(0);
		assert.deepEqual(emitted("lame-duck"), []);
		assert.equal((await stopped).durationMs, 0);
	}
});

test("a service that has not started has no lame duck: no load balancer has chosen it yet", async () => {
	const { service, clock, state, emitted } = new WatchedService({ lameDuckMs: 500 });
	const started = service.start(() => clock.wait(20));
	void state.stop(SIGTERM);
	assert.equal(service.phase, "draining");
	await clock.advance(20);
	await started;
	assert.equal(service.phase, "closed");
	assert.deepEqual(emitted("lame-duck"), []);
});

test("a service that has failed has no lame duck", async () => {
	const error = new Error("boom");
	const failures: StopReason[] = [
		{ kind: "main-failed", error },
		{ kind: "server-failed", name: "http", error },
		{ kind: "task-failed", name: "outbox", error },
		{ kind: "uncaught", error },
	];
	for (const reason of failures) {
		const { state, service, emitted } = await runningService({ lameDuckMs: 500 });
		void state.stop(reason);
		assert.equal(service.phase, "draining", reason.kind);
		assert.deepEqual(emitted("lame-duck"), []);
	}
});

test("a lame duck accepts what a running service accepts, and drains it", async () => {
	const { service, clock, state, serve } = await runningService({ lameDuckMs: 500 });
	void state.stop(SIGTERM);
	await clock.advance(100);
	let aborted = false;
	service.task("late", async (signal) => {
		aborted = signal.aborted;
		await clock.wait(1_000);
	});
	const late = serve("late");
	service.defer("late", () => {});
	await clock.advance(400);
	assert.equal(aborted, false);
	assert.equal(late.drains.length, 1);
	late.finish();
	await clock.advance(600);
	const report = await service.closed;
	assert.equal(report.durationMs, 1_100);
	assert.equal(report.ok, true);
	assert.deepEqual(report.closers, [{ name: "late", outcome: "closed", durationMs: 0 }]);
});

test("a second stop reason doesn't shorten the lame duck, which is part of the grace period", async () => {
	const { service, clock, state } = await runningService({ lameDuckMs: 500, gracePeriodMs: 1_000 });
	service.task("stuck", () => new Promise(() => {}));
	const stopped = state.stop(SIGTERM);
	await clock.advance(100);
	void service.stop("again");
	await clock.advance(399);
	assert.equal(service.phase, "lame-duck");
	await clock.advance(501);
	assert.deepEqual((await stopped).hardStop, { cause: "deadline", atMs: 1_000 });
});
