import assert from "node:assert/strict";
import { test } from "node:test";
import { StoppedError } from "lastcall";
import { Deferred } from "../support/deferred.ts";
import { SIGTERM } from "../support/stop-reasons.ts";
import { runningService } from "../support/watched-service.ts";

test("repeated work runs first after the pause, then a pause after the end of each run, and never overlaps itself", async () => {
	const { service, clock } = await runningService();
	const start = clock.now();
	const begun: number[] = [];
	service.every("sweep", 100, () => {
		begun.push(clock.now() - start);
		return clock.wait(begun.length === 1 ? 30 : 250);
	});
	await clock.advance(1_000);
	assert.deepEqual(begun, [100, 230, 580, 930]);
});

test("repeated work gets the drain signal, and is in flight only while it runs", async () => {
	const { service, clock } = await runningService();
	service.every("sweep", 100, (signal) => {
		assert.equal(signal, service.drainSignal);
		return clock.wait(30);
	});
	await clock.advance(99);
	assert.deepEqual(service.inFlight(), []);
	await clock.advance(11);
	assert.deepEqual(service.inFlight(), [{ name: "sweep", what: "task", ageMs: 10 }]);
	await clock.advance(20);
	assert.deepEqual(service.inFlight(), []);
});

test("a stop between two runs of repeated work waits for nothing, and no timer is left", async () => {
	const { service, clock } = await runningService();
	let runs = 0;
	service.every("sweep", 100, () => void runs++);
	await clock.advance(150);
	const stopped = service.stop();
	await clock.advance(0);
	const report = await stopped;
	assert.equal(report.durationMs, 0);
	assert.equal(clock.timers, 0);
	await clock.advance(1_000);
	assert.equal(runs, 1);
});

test("a run of repeated work that is under way at the stop is finished, and is the last", async () => {
	const { service, clock } = await runningService();
	let runs = 0;
	service.every("sweep", 100, () => {
		runs++;
		return clock.wait(50);
	});
	let runsAtClose: number | undefined;
	service.defer("db", () => {
		runsAtClose = runs;
	});
	await clock.advance(120);
	const stopped = service.stop();
	await clock.advance(29);
	assert.equal(runsAtClose, undefined);
	await clock.advance(1);
	assert.equal((await stopped).durationMs, 30);
	assert.equal(runsAtClose, 1);
	await clock.advance(1_000);
	assert.equal(runs, 1);
	assert.equal(clock.timers, 0);
});

test("repeated work goes on during the lame duck", async () => {
	const { service, clock, state } = await runningService({ lameDuckMs: 1_000 });
	let runs = 0;
	service.every("sweep", 100, () => void runs++);
	const stopped = state.stop(SIGTERM);
	await clock.advance(1_000);
	await stopped;
	assert.equal(runs, 9, "the tenth is due in the instant in which draining begins");
});

test("a run of repeated work that fails stops the service with its error, and is the last, also during the lame duck", async () => {
	for (const isLameDuck of [false, true]) {
		const { service, clock, state } = await runningService({ lameDuckMs: 1_000 });
		const error = new Error("boom");
		let runs = 0;
		service.every("sweep", 100, () => {
			if (++runs === 2) throw error;
		});
		if (isLameDuck) void state.stop(SIGTERM);
		await clock.advance(2_000);
		const report = await service.closed;
		assert.equal(report.reason.kind, isLameDuck ? "signal" : "task-failed");
		assert.deepEqual(report.errors, [{ name: "sweep", error }]);
		assert.equal(runs, 2);
		assert.equal(clock.timers, 0);
	}
});

test("a run of repeated work that gives up because of the stop has not failed", async () => {
	const { service, clock } = await runningService();
	service.every("sweep", 100, async (signal) => {
		await clock.wait(50);
		signal.throwIfAborted();
	});
	await clock.advance(120);
	void service.stop();
	await clock.advance(30);
	assert.equal((await service.closed).ok, true);
});

test("a run of repeated work that is due in the instant of the stop runs and is waited for, or never runs", async () => {
	for (const stopFirst of [true, false]) {
		const { service, clock } = await runningService();
		const sweep = new Deferred();
		let runs = 0;
		const stop = (): void => void service.stop();
		if (stopFirst) clock.after(100, stop);
		service.every("sweep", 100, () => {
			runs++;
			return sweep.promise;
		});
		if (!stopFirst) clock.after(100, stop);
		await clock.advance(100);
		assert.equal(runs, stopFirst ? 0 : 1);
		assert.equal(service.phase, stopFirst ? "closed" : "draining");
		sweep.resolve();
		await clock.advance(0);
		assert.equal((await service.closed).ok, true);
	}
});

test("every() throws from draining on", async () => {
	const { service, clock } = await runningService();
	const outbox = new Deferred();
	service.task("outbox", () => outbox.promise);
	void service.stop("enough");
	assert.throws(
		() => service.every("late", 100, () => assert.fail("ran")),
		(error) => error instanceof StoppedError && error.message === '"late" was not begun: enough',
	);
	outbox.resolve();
	await clock.advance(1_000);
	assert.equal((await service.closed).ok, true);
});

test("every() with a pause or work of the wrong type throws at once, with its name", async () => {
	const { service } = await runningService();
	const every = service.every.bind(service) as (...args: unknown[]) => void;
	for (const [ms, name] of [
		[0, "RangeError"],
		[Number.NaN, "RangeError"],
		[2 ** 31, "RangeError"],
		["100", "TypeError"],
		[undefined, "TypeError"],
	]) {
		assert.throws(() => every("sweep", ms, () => {}), {
			name: String(name),
			message: /^"sweep": ms: wanted a number of milliseconds from 1 to 2147483647, got /,
		});
	}
	assert.throws(() => every("sweep", 100), {
		name: "TypeError",
		message: '"sweep": work: wanted a function, got undefined',
	});
});
