import assert from "node:assert/strict";
import { test } from "node:test";
import { StoppedError } from "lastcall";
import { hang } from "../support/deferred.ts";
import { SIGTERM } from "../support/stop-reasons.ts";
import { runningService } from "../support/watched-service.ts";

test("work that is not done when the close reserve begins is left in the report, by name and age, the oldest first", async () => {
	const { service, clock, state, emitted, serve } = await runningService();
	const http = serve("http");
	http.accept("GET /orders/7");
	await clock.advance(500);
	service.task("outbox", hang);
	service.defer("db", () => clock.wait(100));
	const stopped = state.stop(SIGTERM);
	await clock.advance(7_999);
	assert.equal(http.hardStops, 0);
	assert.equal(service.hardStopSignal.aborted, false);
	await clock.advance(1);
	assert.equal(http.hardStops, 1);
	const left = [
		{ name: "http", what: "GET /orders/7", ageMs: 8_500 },
		{ name: "outbox", what: "task", ageMs: 8_000 },
	];
	const hardStop = { cause: "deadline", atMs: 8_000 };
	assert.deepEqual(emitted("hard-stop"), [{ type: "hard-stop", hardStop, left }]);
	await clock.advance(100);
	const report = await stopped;
	assert.deepEqual(report.left, left);
	assert.deepEqual(report.hardStop, hardStop);
	assert.equal(report.ok, false);
	assert.equal(report.exitCode, 1);
	assert.deepEqual(report.errors, []);
	assert.deepEqual(report.closers, [{ name: "db", outcome: "closed", durationMs: 100 }]);
	assert.equal(report.durationMs, 8_100);
});

test("hardStopSignal aborts at the hard stop, with the stop reason", async () => {
	const { service, clock, state } = await runningService();
	service.task("gives up late", async () => {
		await new Promise((_, reject) => service.hardStopSignal.addEventListener("abort", reject));
	});
	void state.stop(SIGTERM);
	await clock.advance(10_000);
	assert.ok(service.hardStopSignal.reason instanceof StoppedError);
	assert.equal(service.hardStopSignal.reason.stopReason, SIGTERM);
	assert.equal(service.hardStopSignal.reason.message, "out of time: SIGTERM");
});

test("the hard stop cuts every server, those that are drained already too", async () => {
	const { service, clock, serve } = await runningService();
	const [drained, stuck] = [serve("drained"), serve("stuck")];
	stuck.accept("GET /");
	drained.finish();
	void service.stop();
	await clock.advance(10_000);
	assert.equal(drained.hardStops, 1);
	assert.equal(stuck.hardStops, 1);
});

test("work that ends after the hard stop is left in the report all the same", async () => {
	const { service, clock } = await runningService();
	service.task("too late", () => clock.wait(8_500));
	service.defer("db", () => clock.wait(1_000));
	const stopped = service.stop();
	await clock.advance(10_000);
	const report = await stopped;
	assert.deepEqual(
		report.left.map(({ name }) => name),
		["too late"],
	);
	assert.equal(report.exitCode, 1);
});

test("a closer that has not ended at the deadline is left in the report, and that is a hard stop too", async () => {
	const { service, clock, emitted } = await runningService();
	service.defer("db", hang);
	const stopped = service.stop();
	await clock.advance(10_000);
	const report = await stopped;
	const left = [{ name: "db", what: "closing", ageMs: 10_000 }];
	const hardStop = { cause: "deadline", atMs: 10_000 };
	assert.deepEqual(report.left, left);
	assert.deepEqual(report.hardStop, hardStop);
	assert.deepEqual(emitted("hard-stop"), [{ type: "hard-stop", hardStop, left }]);
	assert.deepEqual(emitted("left"), [], "the hard-stop event had them");
	assert.equal(service.hardStopSignal.aborted, true);
	assert.equal(report.exitCode, 1);
});

test("the hard stop event comes when work is dropped, another when closers are left later, and the report has both", async () => {
	const { service, clock, emitted } = await runningService();
	service.task("outbox", hang);
	service.defer("db", hang);
	const stopped = service.stop();
	await clock.advance(10_000);
	const report = await stopped;
	const outbox = { name: "outbox", what: "task", ageMs: 8_000 };
	const hardStop = { cause: "deadline", atMs: 8_000 };
	assert.deepEqual(report.hardStop, hardStop);
	const db = { name: "db", what: "closing", ageMs: 2_000 };
	assert.deepEqual(report.left, [outbox, db]);
	assert.equal(emitted("hard-stop").length, 1);
	assert.deepEqual(emitted("left"), [{ type: "left", left: [db] }]);
	assert.deepEqual(emitted("hard-stop")[0]?.left, [outbox], "the event's list has changed since");
});

test("a server that is not drained in time is hard-stopped even with nothing in flight", async () => {
	const { service, clock, serve } = await runningService();
	// Its listener is still open, or its idle connections linger: it can accept a request.
	const http = serve("http");
	let stillServing: boolean | undefined;
	service.defer("db", () => {
		stillServing = http.hardStops === 0;
	});
	void service.stop();
	await clock.advance(10_000);
	assert.equal(stillServing, false, "the database was closed under a server that still serves");
});
