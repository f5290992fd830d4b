import assert from "node:assert/strict";
import { test } from "node:test";
import { hang } from "../support/deferred.ts";
import { SIGINT, SIGTERM } from "../support/stop-reasons.ts";
import { runningService, WatchedService } from "../support/watched-service.ts";

test("stopNow() without a stop before it stops the service and drops what is in flight at once", async () => {
	const { service, clock, serve, emitted } = await runningService({ gracePeriodMs: 10_000 });
	const http = serve("http");
	http.accept("GET /");
	await clock.advance(30);
	let closed = false;
	service.defer("db", () => {
		closed = true;
	});
	const stopped = service.stopNow("no time");
	await clock.advance(0);
	const report = await stopped;
	const left = [{ name: "http", what: "GET /", ageMs: 30 }];
	const hardStop = { cause: { kind: "call", why: "no time" }, atMs: 0 };
	assert.deepEqual(report.reason, hardStop.cause);
	assert.deepEqual(emitted("hard-stop"), [{ type: "hard-stop", hardStop, left }]);
	assert.deepEqual(report.left, left);
	assert.deepEqual(report.hardStop, hardStop);
	assert.equal(report.exitCode, 1);
	assert.equal(report.durationMs, 0);
	assert.equal(http.hardStops, 1);
	assert.equal(closed, true);
});

test("stopNow() in the lame duck goes through the rest of the shutdown at once", async () => {
	const { service, clock, state } = await runningService({ lameDuckMs: 5_000 });
	service.task("outbox", hang);
	service.defer("db", () => {});
	void state.stop(SIGTERM);
	await clock.advance(1_000);
	const stopped = state.stopNow(SIGINT);
	await clock.advance(0);
	const report = await stopped;
	assert.equal(report.reason, SIGTERM);
	assert.deepEqual(report.hardStop, { cause: SIGINT, atMs: 1_000 });
	assert.deepEqual(report.phases, [
		{ phase: "lame-duck", atMs: 0 },
		{ phase: "draining", atMs: 1_000 },
		{ phase: "closing", atMs: 1_000 },
		{ phase: "closed", atMs: 1_000 },
	]);
	assert.deepEqual(
		report.left.map(({ name }) => name),
		["outbox"],
	);
	assert.deepEqual(report.closers, [{ name: "db", outcome: "closed", durationMs: 0 }]);
	assert.equal(report.exitCode, 130);
});

test("stopNow() while draining drops what is in flight, then every closer still begins", async () => {
	const { service, clock, state } = await runningService();
	service.task("outbox", hang);
	const begun: string[] = [];
	for (const name of ["a", "b", "c"]) {
		service.defer(name, () => {
			begun.push(name);
			return name === "b" ? hang() : undefined;
		});
	}
	void state.stop(SIGTERM);
	await clock.advance(1_000);
	assert.equal(service.phase, "draining");
	const stopped = state.stopNow(SIGTERM);
	await clock.advance(0);
	const report = await stopped;
	assert.deepEqual(begun, ["c", "b", "a"]);
	assert.deepEqual(
		report.closers.map(({ name, outcome }) => `${name} ${outcome}`),
		["c closed", "a closed", "b left"],
	);
	assert.deepEqual(report.left, [
		{ name: "outbox", what: "task", ageMs: 1_000 },
		{ name: "b", what: "closing", ageMs: 0 },
	]);
	assert.equal(report.durationMs, 1_000);
	assert.equal(report.exitCode, 143);
});

test("stopNow() while closing no longer waits for the present closer, and the others still begin", async () => {
	const { service, clock, state, emitted } = await runningService();
	const begun: string[] = [];
	service.defer("a", () => void begun.push("a"));
	service.defer("b", hang);
	void state.stop(SIGTERM);
	await clock.advance(1_000);
	assert.equal(service.phase, "closing");
	const stopped = state.stopNow(SIGINT);
	await clock.advance(0);
	const report = await stopped;
	assert.deepEqual(begun, ["a"]);
	const left = [{ name: "b", what: "closing", ageMs: 1_000 }];
	const hardStop = { cause: SIGINT, atMs: 1_000 };
	assert.deepEqual(report.left, left);
	assert.deepEqual(emitted("hard-stop"), [{ type: "hard-stop", hardStop, left }]);
	assert.equal(report.exitCode, 130);
	assert.equal(service.hardStopSignal.aborted, true);
});

test("stopNow() with nothing in flight is a hard stop that left nothing", async () => {
	const { service, clock, emitted } = await runningService();
	const stopped = service.stopNow();
	await clock.advance(0);
	const report = await stopped;
	assert.equal(emitted("hard-stop").length, 1);
	assert.deepEqual(report.left, []);
	assert.equal(report.ok, true);
	assert.equal(report.exitCode, 0);
});

test("stopNow() after the hard stop of the drain ends the close reserve, and the deadline stays the cause", async () => {
	const { service, clock, state } = await runningService();
	service.task("outbox", hang);
	service.defer("db", hang);
	void state.stop(SIGTERM);
	await clock.advance(8_500);
	const stopped = state.stopNow(SIGINT);
	await clock.advance(0);
	const report = await stopped;
	assert.deepEqual(report.hardStop, { cause: "deadline", atMs: 8_000 });
	assert.equal(report.durationMs, 8_500);
	assert.equal(report.exitCode, 1);
});

test("stopNow() changes nothing when all is closed", async () => {
	const { service, clock, types } = await runningService();
	void service.stop();
	await clock.advance(0);
	const report = await service.closed;
	const before = types();
	assert.equal(await service.stopNow(), report);
	await clock.advance(0);
	assert.deepEqual(types(), before);
	assert.equal(service.hardStopSignal.aborted, false);
});

test("stopNow() drops a start-up that hangs like any work", async () => {
	const { service, clock } = new WatchedService();
	void service.start(hang).catch(() => {});
	await clock.advance(20);
	const stopped = service.stopNow();
	await clock.advance(0);
	assert.deepEqual((await stopped).left, [{ name: "main", what: "starting", ageMs: 20 }]);
});
