import assert from "node:assert/strict";
import { test } from "node:test";
import { StoppedError } from "lastcall";
import { hang } from "../support/deferred.ts";
import { SIGTERM } from "../support/stop-reasons.ts";
import { runningService } from "../support/watched-service.ts";

test("with nothing to do a shutdown is over in the instant of the stop", async () => {
	const { service, clock, types } = await runningService();
	const stopped = service.stop("enough");
	await clock.advance(0);
	assert.deepEqual(await stopped, {
		reason: { kind: "call", why: "enough" },
		ok: true,
		exitCode: 0,
		durationMs: 0,
		phases: [
			{ phase: "draining", atMs: 0 },
			{ phase: "closing", atMs: 0 },
			{ phase: "closed", atMs: 0 },
		],
		hardStop: undefined,
		left: [],
		endedEarly: [],
		closers: [],
		errors: [],
	});
	assert.deepEqual(types(), ["running", "stopping", "draining", "closed"]);
	assert.equal(clock.timers, 0, "no timer keeps the program alive");
});

test("every phase is entered once, in order, when the one before it is over", async () => {
	const { service, clock, state, types } = await runningService({ lameDuckMs: 100 });
	service.defer("db", () => clock.wait(50));
	service.task("outbox", () => clock.wait(300));
	const stopped = state.stop(SIGTERM);
	await clock.advance(10_000);
	const report = await stopped;
	assert.deepEqual(report.phases, [
		{ phase: "lame-duck", atMs: 0 },
		{ phase: "draining", atMs: 100 },
		{ phase: "closing", atMs: 300 },
		{ phase: "closed", atMs: 350 },
	]);
	assert.equal(report.durationMs, 350);
	assert.equal(report.reason, SIGTERM);
	assert.deepEqual(report.closers, [{ name: "db", outcome: "closed", durationMs: 50 }]);
	assert.deepEqual(types(), [
		"running",
		"stopping",
		"lame-duck",
		"draining",
		"closing",
		"resource-closing",
		"resource-closed",
		"closed",
	]);
});

test("each event comes in the phase that it belongs to", async () => {
	const { service, clock, state, emitted, serve } = await runningService({ lameDuckMs: 100, gracePeriodMs: 9_000 });
	service.defer("db", () => {});
	service.defer("cache", () => {});
	const http = serve("http");
	http.accept("GET /");
	const stopped = state.stop(SIGTERM);
	await clock.advance(100);
	http.finish();
	await clock.advance(0);
	assert.deepEqual(emitted("drained"), [{ type: "drained", name: "http", durationMs: 0 }]);
	assert.deepEqual(
		emitted("resource-closing").map(({ name }) => name),
		["cache", "db"],
	);
	assert.deepEqual(emitted("stopping"), [{ type: "stopping", reason: SIGTERM, gracePeriodMs: 9_000 }]);
	assert.deepEqual(emitted("lame-duck"), [{ type: "lame-duck", lameDuckMs: 100 }]);
	assert.deepEqual(emitted("draining"), [
		{ type: "draining", inFlight: [{ name: "http", what: "GET /", ageMs: 100 }], idleConnections: 0, lingerMs: 900 },
	]);
	assert.deepEqual(emitted("closing"), [{ type: "closing", resources: 2 }]);
	assert.deepEqual(emitted("closed"), [{ type: "closed", report: await stopped }]);
});

test("drainSignal aborts when draining begins, with the stop reason; without a hard stop hardStopSignal never aborts", async () => {
	const { service, clock, state } = await runningService({ lameDuckMs: 100 });
	const stopped = state.stop(SIGTERM);
	await clock.advance(99);
	assert.equal(service.drainSignal.aborted, false);
	await clock.advance(1);
	assert.ok(service.drainSignal.reason instanceof StoppedError);
	assert.equal(service.drainSignal.reason.stopReason, SIGTERM);
	assert.equal(service.drainSignal.reason.message, "the service is stopping: SIGTERM");
	await stopped;
	assert.equal(service.hardStopSignal.aborted, false);
});

test("servers and tasks drain side by side, each once, and nothing is closed before the last has ended", async () => {
	const ends = ["http", "admin", "outbox"];
	for (const last of ends) {
		const { service, clock, serve } = await runningService();
		let begun = false;
		service.defer("db", () => {
			begun = true;
		});
		const servers = [serve("http"), serve("admin")];
		const outbox = clock.wait(last === "outbox" ? 200 : 100);
		service.task("outbox", () => outbox);
		for (const server of servers) {
			server.accept("GET /");
			void clock.wait(last === server.name ? 200 : 100).then(() => server.finish());
		}
		const stopped = service.stop();
		await clock.advance(199);
		assert.equal(begun, false, `db was closed before ${last} had ended`);
		assert.equal(service.phase, "draining");
		await clock.advance(1);
		assert.equal(begun, true);
		assert.equal((await stopped).ok, true);
		for (const server of servers) assert.equal(server.drains.length, 1);
	}
});

test("inFlight() has the requests, tasks and closers that are waited for, the oldest first", async () => {
	const { service, clock, serve } = await runningService();
	service.task("outbox", () => clock.wait(500));
	await clock.advance(10);
	const http = serve("http");
	http.accept("GET /");
	await clock.advance(10);
	service.task("mail", hang);
	assert.deepEqual(service.inFlight(), [
		{ name: "outbox", what: "task", ageMs: 20 },
		{ name: "http", what: "GET /", ageMs: 10 },
		{ name: "mail", what: "task", ageMs: 0 },
	]);
	service.defer("db", () => clock.wait(60));
	void service.stop();
	await clock.advance(8_050);
	assert.deepEqual(service.inFlight(), [
		{ name: "mail", what: "task", ageMs: 8_050 },
		{ name: "db", what: "closing", ageMs: 50 },
	]);
});

test("stop() and closed resolve to one and the same report", async () => {
	const { service, clock } = await runningService();
	const stopped = [service.stop(), service.stop(), service.closed];
	await clock.advance(0);
	const [first, ...others] = await Promise.all(stopped);
	for (const other of others) assert.equal(other, first);
	assert.equal(await service.stop(), first, "after the end, too");
});
