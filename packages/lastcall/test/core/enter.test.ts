import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { type Group, StoppedError } from "lastcall";
import { afterMicrotasks } from "../support/deferred.ts";
import { runningService } from "../support/watched-service.ts";

test("a unit of work is in flight, by name and age, from enter() until it is done", async () => {
	const { service, clock } = await runningService();
	const done = service.enter("orders", "message 17");
	service.enter("orders");
	await clock.advance(10);
	assert.deepEqual(service.inFlight(), [
		{ name: "orders", what: "message 17", ageMs: 10 },
		{ name: "orders", what: "work", ageMs: 10 },
	]);
	done();
	assert.deepEqual(
		service.inFlight().map(({ what }) => what),
		["work"],
	);
});

test("ending a unit of work twice does nothing, also where another unit has the same name", async () => {
	const { service, clock } = await runningService();
	const [first, second] = [service.enter("orders"), service.enter("orders")];
	first();
	first();
	first[Symbol.dispose]();
	const stopped = service.stop();
	await clock.advance(10);
	assert.equal(service.phase, "draining");
	second();
	await clock.advance(0);
	assert.equal((await stopped).durationMs, 10);
});

test("`using` ends a unit of work, whether the work returns or throws", async () => {
	const { service } = await runningService();
	const work = (fails: boolean): void => {
		using _unit = service.enter("orders");
		assert.equal(service.inFlight().length, 1);
		if (fails) throw new Error("boom");
	};
	work(false);
	assert.throws(() => work(true), { message: "boom" });
	assert.deepEqual(service.inFlight(), []);
});

test("resources are closed only when every unit of work has ended, including units entered while draining", async () => {
	const { service, clock } = await runningService();
	let closedAt: number | undefined;
	const start = clock.now();
	service.defer("db", () => {
		closedAt = clock.now() - start;
	});
	const done = service.enter("orders");
	const stopped = service.stop();
	await clock.advance(100);
	const doneToo = service.enter("mail");
	done();
	await clock.advance(100);
	doneToo();
	await clock.advance(0);
	assert.equal(closedAt, 200);
	assert.equal((await stopped).ok, true);
});

test("a unit of work that never ends is left in the report, by name and age", async () => {
	const { service, clock } = await runningService();
	service.enter("orders", "message 17");
	const stopped = service.stop();
	await clock.advance(10_000);
	const { left, exitCode } = await stopped;
	assert.deepEqual(left, [{ name: "orders", what: "message 17", ageMs: 10_000 }]);
	assert.equal(exitCode, 1);
});

test("enter() throws from closing on", async () => {
	const { service, clock } = await runningService();
	const enter = (): void =>
		assert.throws(
			() => service.enter("late"),
			(error) => error instanceof StoppedError && error.message === '"late" was not entered: enough',
		);
	let tried = 0;
	service.defer("db", () => {
		enter();
		tried++;
	});
	void service.stop("enough");
	await clock.advance(0);
	await service.closed;
	enter();
	assert.equal(tried, 1);
});

test("a unit of work entered in any microtask around the end of the last one is waited for or refused", async () => {
	for (let apart = 0; apart < 40; apart++) {
		const { service, clock } = await runningService();
		const done = service.enter("orders");
		let isIn = false;
		service.defer("db", () => assert.equal(isIn, false, `${apart} microtasks apart`));
		void service.stop();
		await clock.advance(100);
		done();
		afterMicrotasks(apart, () => {
			try {
				const doneToo = service.enter("mail");
				isIn = true;
				clock.after(10, () => {
					isIn = false;
					doneToo();
				});
			} catch (error) {
				assert.ok(error instanceof StoppedError);
			}
		});
		await clock.advance(10);
		assert.equal((await service.closed).ok, true, `${apart} microtasks apart`);
	}
});

test("enter() without a name is a TypeError", async () => {
	const { service } = await runningService();
	const enter = service.enter.bind(service) as (...args: unknown[]) => void;
	assert.throws(() => enter(), {
		name: "TypeError",
		message: "name: wanted a non-empty string, got undefined",
	});
});

test("many listeners on the service's signals and many closers side by side cause no warning of Node.js", async () => {
	const { service, clock } = await runningService();
	const warned: Error[] = [];
	const warn = (warning: Error): void => void warned.push(warning);
	process.on("warning", warn);
	for (const signal of [service.drainSignal, service.hardStopSignal]) {
		for (let i = 0; i < 100; i++) signal.addEventListener("abort", () => {});
	}
	const acquire = (group: Group): void => group.defer("connection", () => clock.wait(10));
	await Promise.all(Array.from({ length: 100 }, (_, i) => service.group(`shard ${i}`, acquire)));
	void service.stop();
	await clock.advance(10);
	assert.equal((await service.closed).closers.length, 100);
	process.emitWarning("the last");
	while (!warned.some(({ message }) => message === "the last")) await once(process, "warning");
	process.removeListener("warning", warn);
	assert.deepEqual(
		warned.map(({ message }) => message),
		["the last"],
	);
});
