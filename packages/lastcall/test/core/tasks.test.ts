import assert from "node:assert/strict";
import { test } from "node:test";
import { StoppedError } from "lastcall";
import { Deferred } from "../support/deferred.ts";
import { SIGTERM } from "../support/stop-reasons.ts";
import { runningService, WatchedService } from "../support/watched-service.ts";

test("task() begins the task at once, with the service's drain signal", async () => {
	const { service } = await runningService();
	let given: AbortSignal | undefined;
	service.task("outbox", (signal) => {
		given = signal;
	});
	assert.equal(given, service.drainSignal);
});

test("a task is in flight until it ends, whether its function returns a promise or not", async () => {
	const { service, clock } = await runningService();
	service.task("outbox", () => clock.wait(100));
	service.task("sync", () => {});
	assert.deepEqual(
		service.inFlight().map(({ name }) => name),
		["outbox", "sync"],
	);
	await clock.advance(99);
	assert.deepEqual(service.inFlight(), [{ name: "outbox", what: "task", ageMs: 99 }]);
	await clock.advance(1);
	assert.deepEqual(service.inFlight(), []);
});

test("a task that fails stops the service with its error, thrown or rejected", async () => {
	const error = new Error("boom");
	const fails: (() => unknown)[] = [
		() => {
			throw error;
		},
		() => Promise.reject(error),
	];
	for (const work of fails) {
		const { service, clock } = await runningService();
		service.task("outbox", work);
		await clock.advance(0);
		const report = await service.closed;
		assert.deepEqual(report.reason, { kind: "task-failed", name: "outbox", error });
		assert.deepEqual(report.errors, [{ name: "outbox", error }]);
		assert.equal(report.exitCode, 1);
		assert.deepEqual(report.left, []);
	}
});

test("two tasks of one name are two in flight", async () => {
	const { service, clock } = await runningService();
	service.task("worker", () => clock.wait(10));
	service.task("worker", () => clock.wait(20));
	const stopped = service.stop();
	await clock.advance(19);
	assert.equal(service.inFlight().length, 1);
	await clock.advance(1);
	assert.equal((await stopped).durationMs, 20);
});

test("a task that rejects with the drain signal's reason has ended well, wrapped or not", async () => {
	const reasons: ((signal: AbortSignal) => unknown)[] = [
		(signal) => signal.reason,
		() => new DOMException("This operation was aborted", "AbortError"),
		() => Object.assign(new Error("The operation was aborted"), { name: "AbortError", code: "ABORT_ERR" }),
		(signal) => new Error("the query failed", { cause: signal.reason }),
		(signal) => new Error("outer", { cause: new Error("inner", { cause: signal.reason }) }),
	];
	for (const reason of reasons) {
		const { service, clock } = await runningService();
		service.task("outbox", (signal) => {
			return new Promise((_, reject) => signal.addEventListener("abort", () => reject(reason(signal))));
		});
		void service.stop();
		await clock.advance(0);
		const report = await service.closed;
		assert.deepEqual(report.errors, []);
		assert.equal(report.ok, true);
	}
});

test("a task that rejects with an AbortError before the stop has failed", async () => {
	for (const error of [
		new DOMException("This operation was aborted", "AbortError"),
		new StoppedError(SIGTERM),
		new Error("outer", { cause: new StoppedError(SIGTERM) }),
	]) {
		const { service, clock, state } = await runningService({ lameDuckMs: 100 });
		const outbox = new Deferred();
		service.task("outbox", () => outbox.promise);
		// A lame duck has a stop reason, but its drain signal has not aborted.
		void state.stop(SIGTERM);
		outbox.reject(error);
		await clock.advance(100);
		const report = await service.closed;
		assert.deepEqual(report.errors, [{ name: "outbox", error }]);
	}
});

test("a task that rejects with another error after the stop has failed", async () => {
	for (const error of [new Error("boom"), new DOMException("too slow", "TimeoutError"), "boom", undefined]) {
		const { service, clock } = await runningService();
		service.task("outbox", async () => {
			await clock.wait(10);
			throw error;
		});
		void service.stop();
		await clock.advance(10);
		const report = await service.closed;
		assert.deepEqual(report.errors, [{ name: "outbox", error }]);
		assert.equal(report.exitCode, 1);
		assert.equal(report.reason.kind, "call");
	}
});

test("a task that rejects with an error that is its own cause has failed", { timeout: 10_000 }, async () => {
	const { service, clock } = await runningService();
	const error: Error & { cause?: unknown } = new Error("boom");
	error.cause = error;
	const outbox = new Deferred();
	service.task("outbox", () => outbox.promise);
	void service.stop();
	outbox.reject(error);
	await clock.advance(0);
	assert.deepEqual((await service.closed).errors, [{ name: "outbox", error }]);
});

test("a task that is begun while draining is waited for", async () => {
	const { service, clock } = await runningService();
	let closedAt: number | undefined;
	const start = clock.now();
	service.defer("db", () => {
		closedAt = clock.now() - start;
	});
	service.task("outbox", async () => {
		await clock.wait(100);
		service.task("mail", () => clock.wait(200));
		await clock.wait(50);
	});
	void service.stop();
	await clock.advance(1_000);
	assert.equal(closedAt, 300);
	assert.equal((await service.closed).ok, true);
});

test("a task that is begun while only a server still drains is waited for", async () => {
	for (const earlier of [false, true]) {
		const { service, clock, serve } = await runningService();
		let closedAt: number | undefined;
		const start = clock.now();
		service.defer("db", () => {
			closedAt = clock.now() - start;
		});
		const http = serve("http");
		http.accept("POST /orders");
		if (earlier) service.task("outbox", () => clock.wait(10));
		void service.stop();
		await clock.advance(100);
		// The request's handler sends a mail, and responds before that is done.
		service.task("mail", () => clock.wait(200));
		http.finish();
		await clock.advance(1_000);
		assert.equal(closedAt, 300, earlier ? "after another task had ended" : "as the first task");
		assert.equal((await service.closed).ok, true);
	}
});

test("a task that is begun while a server drains and never ends is left in the report", async () => {
	const { service, clock, serve } = await runningService();
	const http = serve("http");
	http.accept("POST /orders");
	void service.stop();
	await clock.advance(100);
	service.task("mail", () => new Promise(() => {}));
	http.finish();
	await clock.advance(10_000);
	const report = await service.closed;
	assert.deepEqual(
		report.left.map(({ name }) => name),
		["mail"],
	);
	assert.equal(report.exitCode, 1);
});

test("task() throws from closing on, and does not run the task", async () => {
	const { service, clock } = await runningService();
	const refusals: unknown[] = [];
	const tryTask = (): void => {
		try {
			service.task("late", () => assert.fail("ran"));
			assert.fail("not refused");
		} catch (error) {
			refusals.push(error);
		}
	};
	service.defer("db", tryTask);
	const stopped = service.stop("enough");
	await clock.advance(0);
	tryTask();
	const report = await stopped;
	assert.equal(refusals.length, 2);
	for (const error of refusals) {
		assert.ok(error instanceof StoppedError);
		assert.equal(error.message, 'task "late" was not begun: enough');
		assert.equal(error.stopReason, report.reason);
	}
	assert.equal(report.ok, true);
});

test("task() runs a task while the service is still starting", async () => {
	const { service, clock } = new WatchedService();
	let ran = false;
	service.task("early", () => {
		ran = true;
	});
	assert.equal(ran, true);
	await clock.advance(0);
});

test("task() with a wrong name or function throws at once, with its name", async () => {
	const { service } = await runningService();
	const task = service.task.bind(service) as (...args: unknown[]) => void;
	assert.throws(() => task("outbox"), {
		name: "TypeError",
		message: '"outbox": work: wanted a function, got undefined',
	});
	assert.throws(() => task("outbox", Promise.resolve()), {
		name: "TypeError",
		message: '"outbox": work: wanted a function, got Promise',
	});
	assert.throws(() => task("", () => {}), {
		name: "TypeError",
		message: 'name: wanted a non-empty string, got ""',
	});
});
