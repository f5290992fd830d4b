import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { createService } from "lastcall";
import { SIGTERM } from "../support/stop-reasons.ts";
import { runningService, WatchedService } from "../support/watched-service.ts";

test("the caller's signal stops the service, with what it aborted with", async () => {
	const caller = new AbortController();
	const { service, clock } = await runningService({ signal: caller.signal });
	const why = new Error("the test is over");
	caller.abort(why);
	assert.equal(service.ready, false);
	await clock.advance(0);
	const report = await service.closed;
	assert.deepEqual(report.reason, { kind: "abort", reason: why });
	assert.deepEqual(report.errors, [], "an abort is nobody's fault, whatever its reason");
	assert.equal(report.exitCode, 0);
});

test("one that has aborted already stops the service before it starts; what main acquires is closed", async () => {
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

test("an abort after another stop changes nothing", async () => {
	const caller = new AbortController();
	const { clock, state, types } = await runningService({ signal: caller.signal });
	const stopped = state.stop(SIGTERM);
	caller.abort();
	const before = types();
	await clock.advance(0);
	assert.equal((await stopped).reason, SIGTERM);
	assert.deepEqual(types(), [...before, "closed"]);
});

test("the caller's signal is not held on to when the service is closed", async () => {
	const caller = new AbortController();
	const { service, clock } = await runningService({ signal: caller.signal });
	assert.equal(getEventListeners(caller.signal, "abort").length, 1);
	void service.stop();
	await clock.advance(0);
	await service.closed;
	assert.equal(getEventListeners(caller.signal, "abort").length, 0);
});

test("what isn't an AbortSignal is refused", () => {
	const signal = new AbortController() as unknown as AbortSignal;
	assert.throws(() => createService({ signal }), {
		name: "TypeError",
		message: "signal: wanted an AbortSignal, got AbortController",
	});
});
