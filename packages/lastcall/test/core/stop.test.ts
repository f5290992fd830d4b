import assert from "node:assert/strict";
import { test } from "node:test";
import { hang } from "../support/deferred.ts";
import { SIGINT, SIGTERM } from "../support/stop-reasons.ts";
import { runningService, WatchedService } from "../support/watched-service.ts";

test("the first stop reason wins; a later one that is no failure leaves no trace", async () => {
	const { service, clock, state, types } = await runningService();
	service.task("outbox", () => clock.wait(100));
	void state.stop(SIGTERM);
	const stopping = types();
	void state.stop(SIGINT);
	void service.stop("enough");
	void state.stop({ kind: "abort", reason: new Error("why not") });
	void state.stop({ kind: "finished" });
	assert.deepEqual(types(), stopping);
	await clock.advance(100);
	const report = await service.closed;
	assert.equal(report.reason, SIGTERM);
	assert.deepEqual(report.errors, []);
	assert.equal(report.ok, true);
	assert.equal(report.durationMs, 100);
});

test("a closer can read the stop reason", async () => {
	const { service, state } = await runningService();
	const seen: unknown[] = [service.reason];
	service.defer("nest", () => void seen.push(service.reason));
	await state.stop(SIGTERM);
	assert.deepEqual(seen, [undefined, SIGTERM]);
});

test("a failure after the stop reason has an event and is in the report, in each phase until the last", async () => {
	for (const phase of ["lame-duck", "draining", "closing"] as const) {
		const { service, clock, state, emitted } = await runningService({ lameDuckMs: 100 });
		service.task("outbox", () => clock.wait(200));
		service.defer("db", () => clock.wait(100));
		void state.stop(SIGTERM);
		await clock.advance({ "lame-duck": 50, draining: 150, closing: 250 }[phase]);
		assert.equal(service.phase, phase);
		const error = new Error("boom");
		void state.stop({ kind: "uncaught", error });
		assert.deepEqual(emitted("failed"), [{ type: "failed", failure: { name: "uncaught", error } }]);
		await clock.advance(1_000);
		const report = await service.closed;
		assert.equal(report.reason, SIGTERM);
		assert.deepEqual(report.errors, [{ name: "uncaught", error }]);
		assert.equal(report.exitCode, 1);
		assert.equal(report.durationMs, 300, "a failure doesn't cut the sequence short");
	}
});

test("a failure after the end has an event, and the report does not change", async () => {
	const { service, clock, state, emitted } = await runningService();
	void service.stop();
	await clock.advance(0);
	const report = await service.closed;
	assert.equal(await state.stop({ kind: "uncaught", error: "boom" }), report);
	assert.equal(emitted("failed").length, 1);
	assert.deepEqual(report.errors, []);
	assert.equal(service.phase, "closed");
});

test("a stop reason that is a failure is the first of the report's errors, and has no event of its own", async () => {
	const { service, clock, state, emitted } = await runningService();
	const [first, second] = [new Error("first"), new Error("second")];
	service.defer("db", () => Promise.reject(second));
	void state.stop({ kind: "server-failed", name: "http", error: first });
	await clock.advance(0);
	const report = await service.closed;
	assert.deepEqual(report.errors, [
		{ name: "http", error: first },
		{ name: "db", error: second },
	]);
	assert.deepEqual(
		emitted("failed").map(({ failure }) => failure.name),
		["db"],
	);
});

test("a failure in the report has the name of what failed", async () => {
	const error = new Error("boom");
	for (const [reason, name] of [
		[{ kind: "main-failed", error }, "main"],
		[{ kind: "uncaught", error }, "uncaught"],
		[{ kind: "server-failed", name: "http", error }, "http"],
		[{ kind: "task-failed", name: "outbox", error }, "outbox"],
	] as const) {
		const { service, clock, state } = await runningService();
		void state.stop(reason);
		await clock.advance(0);
		const report = await service.closed;
		assert.deepEqual(report.errors, [{ name, error }]);
		assert.equal(report.exitCode, 1);
	}
});

test("a service that was never started can be stopped, and closes its resources", async () => {
	const { service, clock } = new WatchedService();
	let closed = false;
	service.defer("db", () => {
		closed = true;
	});
	await clock.advance(5);
	const stopped = service.stop();
	await clock.advance(0);
	assert.equal((await stopped).ok, true);
	assert.equal(closed, true);
});

test("stop() without a reason has a default one", async () => {
	const { service, clock } = await runningService();
	service.task("outbox", hang);
	void service.stop();
	await clock.advance(10_000);
	assert.deepEqual((await service.closed).reason, { kind: "call", why: "stopped by the program" });
});
