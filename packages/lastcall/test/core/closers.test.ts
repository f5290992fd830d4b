import assert from "node:assert/strict";
import { test } from "node:test";
import { Closers } from "#src/core/closers.js";
import { Deadline } from "#src/core/deadline.js";
import { hang } from "../support/deferred.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { runningService, type WatchedService } from "../support/watched-service.ts";

/** Runs `closers`, in the order of acquisition, and returns when each began, in ms after the stop. */
async function closing(
	closers: Record<string, (watched: WatchedService) => unknown>,
): Promise<WatchedService & { readonly begun: readonly (readonly [name: string, atMs: number])[] }> {
	const watched = await runningService({ gracePeriodMs: 10_000 });
	const { service, clock } = watched;
	const start = clock.now();
	const begun: [string, number][] = [];
	for (const [name, close] of Object.entries(closers)) {
		service.defer(name, () => {
			begun.push([name, clock.now() - start]);
			return close(watched);
		});
	}
	void service.stop();
	await clock.advance(10_000);
	assert.equal(service.phase, "closed");
	return Object.assign(watched, { begun });
}

const ends = (): void => {};
const endsAfter =
	(ms: number) =>
	({ clock }: WatchedService): Promise<void> =>
		clock.wait(ms);

test("resources are closed one after the other, the newest first, each once", async () => {
	const { begun, service } = await closing({ a: endsAfter(10), b: ends, c: endsAfter(20), d: endsAfter(30) });
	assert.deepEqual(begun, [
		["d", 0],
		["c", 30],
		["b", 50],
		["a", 50],
	]);
	assert.deepEqual((await service.closed).closers, [
		{ name: "d", outcome: "closed", durationMs: 30 },
		{ name: "c", outcome: "closed", durationMs: 20 },
		{ name: "b", outcome: "closed", durationMs: 0 },
		{ name: "a", outcome: "closed", durationMs: 10 },
	]);
});

test("a closer that throws or rejects is in the report with its error, and the others are closed all the same", async () => {
	const thrown = new Error("thrown");
	const { begun, service, emitted } = await closing({
		a: ends,
		b: () => {
			throw thrown;
		},
		c: ({ clock }) => clock.wait(5).then(() => Promise.reject("rejected")),
		d: ends,
	});
	assert.deepEqual(
		begun.map(([name]) => name),
		["d", "c", "b", "a"],
	);
	const report = await service.closed;
	assert.deepEqual(report.closers, [
		{ name: "d", outcome: "closed", durationMs: 0 },
		{ name: "c", outcome: "failed", durationMs: 5, error: "rejected" },
		{ name: "b", outcome: "failed", durationMs: 0, error: thrown },
		{ name: "a", outcome: "closed", durationMs: 0 },
	]);
	const failures = [
		{ name: "c", error: "rejected" },
		{ name: "b", error: thrown },
	];
	assert.deepEqual(report.errors, failures);
	assert.deepEqual(
		emitted("failed").map(({ failure }) => failure),
		failures,
	);
	assert.equal(report.exitCode, 1);
	assert.deepEqual(report.left, []);
});

test("a closer that hangs is waited for no longer than its share of the time, then the next begins", async () => {
	const { begun, service } = await closing({ a: ends, b: ends, c: ends, d: () => hang() });
	assert.deepEqual(begun, [
		["d", 0],
		["c", 2_500],
		["b", 2_500],
		["a", 2_500],
	]);
	const report = await service.closed;
	assert.deepEqual(report.closers[3], { name: "d", outcome: "left", durationMs: 10_000 });
	assert.equal(report.durationMs, 10_000);
});

test("closers that hang have equal shares of the time", async () => {
	const { begun, service } = await closing({ a: () => hang(), b: () => hang(), c: () => hang(), d: () => hang() });
	assert.deepEqual(begun, [
		["d", 0],
		["c", 2_500],
		["b", 5_000],
		["a", 7_500],
	]);
	const { left, closers } = await service.closed;
	assert.deepEqual(
		closers.map(({ outcome }) => outcome),
		["left", "left", "left", "left"],
	);
	assert.deepEqual(left, [
		{ name: "d", what: "closing", ageMs: 10_000 },
		{ name: "c", what: "closing", ageMs: 7_500 },
		{ name: "b", what: "closing", ageMs: 5_000 },
		{ name: "a", what: "closing", ageMs: 2_500 },
	]);
});

test("the time that a closer does not need is shared by those to come", async () => {
	const { begun } = await closing({ a: ends, b: () => hang(), c: () => hang(), d: endsAfter(1_000) });
	assert.deepEqual(begun, [
		["d", 0],
		["c", 1_000],
		["b", 4_000],
		["a", 7_000],
	]);
});

test("a closer that ends after its share but before the deadline counts as closed, and the shutdown waits for it", async () => {
	const { begun, service } = await closing({ a: ends, b: endsAfter(8_000) });
	assert.deepEqual(begun, [
		["b", 0],
		["a", 5_000],
	]);
	const report = await service.closed;
	assert.deepEqual(report.closers, [
		{ name: "a", outcome: "closed", durationMs: 0 },
		{ name: "b", outcome: "closed", durationMs: 8_000 },
	]);
	assert.equal(report.durationMs, 8_000);
	assert.equal(report.ok, true);
});

test("a closer that fails after its share but before the deadline counts as failed", async () => {
	const { service } = await closing({
		a: ends,
		b: ({ clock }) => clock.wait(8_000).then(() => Promise.reject("late")),
	});
	const report = await service.closed;
	assert.deepEqual(report.closers[1], { name: "b", outcome: "failed", durationMs: 8_000, error: "late" });
	assert.deepEqual(report.errors, [{ name: "b", error: "late" }]);
	assert.equal(report.durationMs, 8_000);
});

test("a closer that fails after the deadline changes nothing and is no unhandled rejection", async () => {
	const { service, clock } = await closing({
		b: ({ clock }) => clock.wait(11_000).then(() => Promise.reject(new Error("too late"))),
	});
	const report = await service.closed;
	const before = structuredClone(report.closers);
	await clock.advance(2_000);
	assert.deepEqual(report.closers, before);
	assert.deepEqual(report.errors, []);
});

test("use, adopt and defer share one closing order", async () => {
	const { service, clock } = await runningService();
	const closed: string[] = [];
	const sync = service.use("sync", { [Symbol.dispose]: () => void closed.push("sync") });
	const async = {
		async [Symbol.asyncDispose]() {
			await clock.wait(10);
			closed.push("async");
		},
		[Symbol.dispose]: () => assert.fail("asyncDispose comes first"),
	};
	assert.equal(service.use("async", async), async);
	const pool = { end: (): void => void closed.push("pool") };
	assert.equal(
		service.adopt("pool", pool, (given) => given.end()),
		pool,
	);
	service.defer("last", () => closed.push("last"));
	const stopped = service.stop();
	await clock.advance(10);
	assert.deepEqual(closed, ["last", "pool", "async", "sync"]);
	assert.deepEqual(
		(await stopped).closers.map(({ name }) => name),
		["last", "pool", "async", "sync"],
	);
	sync[Symbol.dispose]();
});

test("the closing method of a resource is called with the resource as this", async () => {
	const { service, clock } = await runningService();
	class Resource {
		isOpen = true;
		[Symbol.dispose](): void {
			this.isOpen = false;
		}
	}
	const resource = service.use("resource", new Resource());
	void service.stop();
	await clock.advance(0);
	assert.equal(resource.isOpen, false);
});

test("registering a value that can't be closed throws at once, with its name", async () => {
	const { service } = await runningService();
	const asAny = service as unknown as Record<"use" | "adopt" | "defer", (...args: unknown[]) => void>;
	const wanted =
		"a child process, a worker thread, node:cluster (of a primary), an http.Agent, a dispatcher of undici, a stream, " +
		"a resource with Symbol.asyncDispose or Symbol.dispose";
	assert.throws(() => asAny.use("db", { end() {} }), {
		name: "TypeError",
		message: `"db": wanted ${wanted}, got Object`,
	});
	assert.throws(() => asAny.use("db", undefined), {
		name: "TypeError",
		message: `"db": wanted ${wanted}, got undefined`,
	});
	assert.throws(() => asAny.adopt("db", {}, "end"), {
		name: "TypeError",
		message: '"db": close: wanted a function, got "end"',
	});
	assert.throws(() => asAny.defer("db"), {
		name: "TypeError",
		message: '"db": close: wanted a function, got undefined',
	});
	for (const name of ["", undefined, 7]) {
		assert.throws(() => asAny.defer(name, () => {}), {
			name: "TypeError",
			message: `name: wanted a non-empty string, got ${name === "" ? '""' : name}`,
		});
	}
});

test("two resources of one name that close side by side have different ids in the events", async () => {
	const { service, clock, emitted } = await runningService();
	const group = (ms: number): Promise<void> => service.group("part", (part) => part.defer("db", () => clock.wait(ms)));
	await Promise.all([group(50), group(20)]);
	void service.stop();
	await clock.advance(50);
	const begun = emitted("resource-closing");
	assert.deepEqual(new Set(begun.map(({ name }) => name)), new Set(["part/db"]));
	const [longer, shorter] = [...begun].map(({ id }) => id).sort((a, b) => a - b);
	assert.notEqual(longer, shorter);
	assert.deepEqual(
		emitted("resource-closed").map(({ id, result }) => [id, result.durationMs]),
		[
			[shorter, 20],
			[longer, 50],
		],
	);
});

test("a share that ends just after the deadline, by the rounding of the clock, holds up no closer", async () => {
	class RoundingClock extends FakeClock {
		#isFirst = true;

		/** The first time that the clock is asked for is the share of the first closer. */
		override after(ms: number, callback: () => void): () => void {
			const rounding = this.#isFirst ? 1e-9 : 0;
			this.#isFirst = false;
			return super.after(ms + rounding, callback);
		}
	}
	const clock = new RoundingClock();
	const begun: string[] = [];
	const closers = new Closers(clock, { emit: ignore, onFailure: ignore });
	closers.push("hangs", {
		close: () => {
			begun.push("hangs");
			// A resource that is acquired while it closes, which it may still need.
			closers.push("late", { close: () => void begun.push("late") });
			return hang();
		},
	});
	let isDone = false;
	void closers.closeAll(new Deadline(clock, 100)).then(() => {
		isDone = true;
	});
	await clock.advance(100);
	assert.deepEqual(begun, ["hangs", "late"]);
	assert.equal(isDone, true);
});

function ignore(): void {}

test("a thousand resources that close at once take no time, and the event loop has turns meanwhile", async () => {
	const closers = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`resource ${i}`, ends]));
	const { service, begun } = await closing(closers);
	assert.deepEqual(new Set(begun.map(([, atMs]) => atMs)), new Set([0]));
	assert.equal((await service.closed).durationMs, 0);
});
