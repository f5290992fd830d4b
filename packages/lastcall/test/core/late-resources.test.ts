import assert from "node:assert/strict";
import { test } from "node:test";
import { StoppedError } from "lastcall";
import { Deferred, hang } from "../support/deferred.ts";
import { runningService } from "../support/watched-service.ts";

test("a resource that is acquired while draining is closed with the rest, as the newest", async () => {
	const { service, clock } = await runningService();
	const closed: string[] = [];
	service.defer("early", () => closed.push("early"));
	service.task("outbox", async () => {
		await clock.wait(100);
		service.defer("late", () => closed.push("late"));
		await clock.wait(100);
	});
	const stopped = service.stop();
	await clock.advance(200);
	assert.deepEqual(closed, ["late", "early"]);
	assert.equal((await stopped).ok, true);
});

test("a resource that a closer acquires is closed next, before those that were there already", async () => {
	const { service, clock } = await runningService();
	const closed: string[] = [];
	service.defer("a", () => closed.push("a"));
	service.defer("b", () => {
		closed.push("b");
		service.defer("at once", () => closed.push("at once"));
	});
	service.defer("c", async () => {
		closed.push("c");
		await clock.wait(10);
		service.defer("after a while", () => closed.push("after a while"));
	});
	const stopped = service.stop();
	await clock.advance(10);
	const order = ["c", "after a while", "b", "at once", "a"];
	assert.deepEqual(closed, order);
	assert.deepEqual(
		(await stopped).closers.map(({ name }) => name),
		order,
	);
});

test("a resource that the last closer acquires is closed too", async () => {
	const { service, clock } = await runningService();
	const closed: string[] = [];
	service.defer("last", async () => {
		await clock.wait(10);
		service.defer("later", async () => {
			await clock.wait(10);
			service.defer("latest", () => closed.push("latest"));
			closed.push("later");
		});
		closed.push("last");
	});
	const stopped = service.stop();
	await clock.advance(20);
	assert.deepEqual(closed, ["last", "later", "latest"]);
	assert.equal((await stopped).durationMs, 20);
});

test("a resource that is acquired while closers hang is closed at once: their time is not its own", async () => {
	const { service, clock } = await runningService();
	let closedAt: number | undefined;
	const start = clock.now();
	service.defer("a", () => {});
	service.defer("stuck", async () => {
		await clock.wait(6_000);
		service.defer("late", async () => {
			await clock.wait(100);
			closedAt = clock.now() - start;
		});
		await hang();
	});
	const stopped = service.stop();
	await clock.advance(10_000);
	assert.deepEqual((await stopped).closers.map(({ name, outcome }) => `${name} ${outcome}`).sort(), [
		"a closed",
		"late closed",
		"stuck left",
	]);
	assert.equal(closedAt, 6_100);
});

test("a resource that dropped work acquires while closing is closed too", async () => {
	const { service, clock } = await runningService();
	const late = new Deferred();
	service.defer("db", () => clock.wait(1_000));
	service.task("dropped", async () => {
		await clock.wait(8_500);
		service.defer("late", () => late.resolve());
	});
	const stopped = service.stop();
	await clock.advance(10_000);
	await late.promise;
	assert.deepEqual(
		(await stopped).closers.map(({ name }) => name),
		["db", "late"],
	);
});

test("a resource that is acquired when all is closed is closed at once, and its caller gets a StoppedError", async () => {
	const { service, clock } = await runningService();
	const stopped = service.stop("enough");
	await clock.advance(0);
	const report = await stopped;
	let closed = 0;
	const tooLate = (error: unknown): boolean => {
		assert.ok(error instanceof StoppedError);
		assert.equal(error.message, '"late" came too late and was closed at once: enough');
		assert.equal(error.stopReason, report.reason);
		return true;
	};
	assert.throws(() => service.defer("late", () => closed++), tooLate);
	assert.throws(() => service.adopt("late", {}, () => closed++), tooLate);
	assert.throws(() => service.use("late", { [Symbol.dispose]: () => void closed++ }), tooLate);
	assert.equal(closed, 3);
	assert.deepEqual(report.closers, []);
});

test("a resource that came too late and fails to close has a failed event, and is no unhandled rejection", async () => {
	const { service, clock, emitted } = await runningService();
	void service.stop();
	await clock.advance(0);
	const [thrown, rejected] = [new Error("thrown"), new Error("rejected")];
	const fails = (): never => {
		throw thrown;
	};
	assert.throws(() => service.defer("throws", fails), StoppedError);
	assert.throws(() => service.defer("rejects", () => Promise.reject(rejected)), StoppedError);
	await clock.advance(0);
	assert.deepEqual(
		emitted("failed").map(({ failure }) => failure),
		[
			{ name: "throws", error: thrown },
			{ name: "rejects", error: rejected },
		],
	);
});
