import assert from "node:assert/strict";
import { test } from "node:test";
import { StoppedError } from "lastcall";
import { Deferred } from "../support/deferred.ts";
import { SIGTERM } from "../support/stop-reasons.ts";
import { WatchedService } from "../support/watched-service.ts";

test("a service runs and is ready when main has ended", async () => {
	const { service, clock, types } = new WatchedService();
	const started = service.start(() => clock.wait(20));
	await clock.advance(19);
	assert.equal(service.phase, "starting");
	assert.equal(service.ready, false);
	assert.deepEqual(service.inFlight(), [{ name: "main", what: "starting", ageMs: 19 }]);
	await clock.advance(1);
	await started;
	assert.equal(service.phase, "running");
	assert.equal(service.ready, true);
	assert.deepEqual(service.inFlight(), []);
	assert.deepEqual(types(), ["running"]);
});

test("main gets the service, and may be omitted", async () => {
	const { service } = new WatchedService();
	await service.start((given) => assert.equal(given, service));
	assert.equal(service.phase, "running");
	const other = new WatchedService();
	await other.service.start();
	assert.equal(other.service.phase, "running");
});

test("a main that fails stops the service with its error, and what it acquired is closed in reverse", async () => {
	const error = new Error("boom");
	for (const sync of [true, false]) {
		const { service, clock, types } = new WatchedService();
		const closed: string[] = [];
		const started = service.start((service) => {
			service.defer("a", () => closed.push("a"));
			service.defer("b", () => closed.push("b"));
			if (sync) throw error;
			return clock.wait(5).then(() => Promise.reject(error));
		});
		const rejected = assert.rejects(started, (thrown) => thrown === error);
		await clock.advance(5);
		await rejected;
		const report = await service.closed;
		assert.deepEqual(closed, ["b", "a"]);
		assert.deepEqual(report.reason, { kind: "main-failed", error });
		assert.deepEqual(report.errors, [{ name: "main", error }]);
		assert.equal(report.exitCode, 1);
		const phases = types().filter((type) => !type.startsWith("resource-"));
		assert.deepEqual(phases, ["stopping", "draining", "closing", "closed"]);
	}
});

test("a main that runs at the stop is waited for, then what it acquired is closed; the service never runs", async () => {
	const { service, clock, state, types } = new WatchedService();
	const closed: string[] = [];
	const started = service.start(async (service) => {
		service.defer("a", () => closed.push("a"));
		await clock.wait(100);
		service.defer("b", () => closed.push("b"));
	});
	await clock.advance(50);
	const stopped = state.stop(SIGTERM);
	await clock.advance(49);
	assert.deepEqual(closed, []);
	await clock.advance(1);
	await started;
	const report = await stopped;
	assert.deepEqual(closed, ["b", "a"]);
	assert.equal(report.ok, true);
	assert.equal(report.durationMs, 50);
	assert.ok(!types().includes("running"));
});

test("a main that hangs at the stop is left", async () => {
	const { service, clock, state } = new WatchedService({ gracePeriodMs: 10_000 });
	const main = new Deferred();
	const started = service.start(() => main.promise);
	await clock.advance(50);
	const stopped = state.stop(SIGTERM);
	await clock.advance(10_000);
	assert.deepEqual((await stopped).left, [{ name: "main", what: "starting", ageMs: 10_050 }]);
	main.resolve();
	await started;
	assert.equal(service.phase, "closed", "one that ends later doesn't wake the service up again");
});

test("a main that gives up because of the stop has not failed", async () => {
	for (const giveUp of [
		(signal: AbortSignal) => signal.reason,
		() => new DOMException("This operation was aborted", "AbortError"),
		(signal: AbortSignal) => new Error("can't connect", { cause: signal.reason }),
	]) {
		const { service, clock, state } = new WatchedService();
		const started = service.start(async ({ drainSignal }) => {
			await clock.wait(100);
			throw giveUp(drainSignal);
		});
		const rejected = assert.rejects(started);
		await clock.advance(50);
		const stopped = state.stop(SIGTERM);
		await clock.advance(50);
		await rejected;
		const report = await stopped;
		assert.deepEqual(report.errors, []);
		assert.equal(report.exitCode, 0);
	}
});

test("a main that fails in another way after the stop has failed, and the first stop reason still wins", async () => {
	const { service, clock, state } = new WatchedService();
	const error = new Error("boom");
	const started = service.start(() => clock.wait(100).then(() => Promise.reject(error)));
	const rejected = assert.rejects(started, (thrown) => thrown === error);
	const stopped = state.stop(SIGTERM);
	await clock.advance(100);
	await rejected;
	const report = await stopped;
	assert.equal(report.reason, SIGTERM);
	assert.deepEqual(report.errors, [{ name: "main", error }]);
	assert.equal(report.exitCode, 1);
});

test("a main that throws an AbortError or a StoppedError without a stop has failed", async () => {
	for (const error of [new StoppedError(SIGTERM), new DOMException("This operation was aborted", "AbortError")]) {
		const { service, clock } = new WatchedService();
		const rejected = assert.rejects(service.start(() => Promise.reject(error)));
		await clock.advance(0);
		await rejected;
		assert.deepEqual((await service.closed).reason, { kind: "main-failed", error });
	}
});

test("main is not begun after a stop, and start() rejects", async () => {
	const aborted = new WatchedService({ signal: AbortSignal.abort() });
	const stopped = new WatchedService();
	void stopped.service.stop();
	const closed = new WatchedService();
	void closed.service.stop();
	await closed.clock.advance(0);
	for (const { service, clock } of [aborted, stopped, closed]) {
		await assert.rejects(
			service.start(() => assert.fail("begun")),
			{ name: "StoppedError", message: /^main was not called: / },
		);
		await clock.advance(0);
		const report = await service.closed;
		assert.equal(report.ok, true);
		assert.equal(service.phase, "closed");
	}
});
