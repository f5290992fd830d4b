import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { createService } from "lastcall";
import { SIGTERM } from "../support/stop-reasons.ts";
import { runningService, WatchedService } from "../support/watched-service.ts";

test("an abort of the caller's signal stops the service, and the report has the signal's reason", async () => {
	const caller = new AbortController();
	const { service, clock } = await runningService({ signal: caller.signal });
	const why = new Error("the test is over");
	caller.abort(why);
	assert.equal(service.ready, false);
	await clock.advance(0);
	const report = await service.closed;
	assert.deepEqual(report.reason, { kind: "abort", reason: why });
	assert.deepEqual(report.errors, [], "an abort is no failure, whatever its reason");
	assert.equal(report.exitCode, 0);
});

test("a caller's signal that has aborted already stops the service before it starts, and what main acquires is closed", async () => {
	const { service, clock, types } = new WatchedService({ signal: AbortSignal.abort("too late") });
	assert.equal(service.phase, "draining");
	let acquired = 0;
	let closed = 0;
	await service
		.start((service) => {
			acquired++;
			service.defer("db", () => closed++);
		})
		.catch(() => {});
	await clock.advance(0);
	assert.deepEqual((await service.closed).reason, { kind: "abort", reason: "too late" });
	assert.equal(closed, acquired);
	assert.ok(!types().includes("running"));
});

test("an abort of the caller's signal after another stop reason changes nothing", async () => {
	const caller = new AbortController();
	const { clock, state, types } = await runningService({ signal: caller.signal });
	const stopped = state.stop(SIGTERM);
	caller.abort();
	const before = types();
	await clock.advance(0);
	assert.equal((await stopped).reason, SIGTERM);
	assert.deepEqual(types(), [...before, "closed"]);
});

test("a closed service has no listener left on the caller's signal", async () => {
	const caller = new AbortController();
	const { service, clock } = await runningService({ signal: caller.signal });
	assert.equal(getEventListeners(caller.signal, "abort").length, 1);
	void service.stop();
	await clock.advance(0);
	await service.closed;
	assert.equal(getEventListeners(caller.signal, "abort").length, 0);
});

test("a signal option that is not an AbortSignal is a TypeError", () => {
	const signal = new AbortController() as unknown as AbortSignal;
	assert.throws(() => createService({ signal }), {
		name: "TypeError",
		message: "signal: wanted an AbortSignal, got AbortController",
	});
});
