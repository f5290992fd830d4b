import assert from "node:assert/strict";
import { test } from "node:test";
import { createService } from "lastcall";
import { afterMicrotasks, Deferred } from "../support/deferred.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { runningService, type WatchedService } from "../support/watched-service.ts";

/** The moments after the last unit of work at which a program may still use its resources. */
const LATER: Record<string, (then: () => void) => void> = {
	"five awaits": (then) => afterMicrotasks(5, then),
	"fifty awaits": (then) => afterMicrotasks(50, then),
	"the next tick": (then) => process.nextTick(then),
	"the check phase": (then) => void setImmediate(then),
};

for (const [when, later] of Object.entries(LATER)) {
	test(`what the program does ${when} after the last unit of work ended happens before the first closer`, async () => {
		const { service, clock } = await runningService();
		const order: string[] = [];
		service.defer("db", () => void order.push("db closed"));
		const done = service.enter("call");
		const stopped = service.stop();
		await clock.advance(100);
		done();
		later(() => void order.push("answer sent"));
		await clock.advance(0);
		assert.deepEqual(order, ["answer sent", "db closed"]);
		const { durationMs, ok } = await stopped;
		assert.deepEqual([durationMs, ok], [100, true], "a turn of the event loop takes no time");
	});

	test(`a unit of work that begins ${when} after the last one ended is waited for`, async () => {
		const { service, clock } = await runningService();
		let isClosed = false;
		service.defer("db", () => {
			isClosed = true;
		});
		const first = service.enter("call");
		let second: (() => void) | undefined;
		const stopped = service.stop();
		await clock.advance(100);
		first();
		later(() => {
			second = service.enter("another call");
		});
		await clock.advance(100);
		assert.equal(isClosed, false);
		assert.equal(service.phase, "draining");
		second?.();
		await clock.advance(0);
		assert.deepEqual([(await stopped).ok, isClosed], [true, true]);
	});
}

test("with the real clock the event loop has a whole turn, timers included, before the first closer begins", async () => {
	const service = createService({ log: false, gracePeriodMs: 60_000 });
	await service.start();
	const order: string[] = [];
	service.defer("db", () => void order.push("db closed"));
	const done = service.enter("call");
	const stopped = service.stop();
	setImmediate(() => {
		done();
		setImmediate(() => order.push("check phase"));
		setTimeout(() => order.push("timers"), 0);
	});
	await stopped;
	assert.deepEqual(order.toSorted(), ["check phase", "db closed", "timers"]);
	assert.equal(order.at(-1), "db closed");
});

/** Two servers. The first hands its work to the second, at some moment around the end of its own drain. */
async function handingOver(later: (then: () => void) => void): Promise<WatchedService> {
	const watched = await runningService();
	const [outer, inner] = [watched.serve("outer"), watched.serve("inner")];
	const answered = new Deferred();
	inner.drain = async (how) => {
		inner.drains.push(how);
		if (inner.inFlight().length === 0) return;
		await answered.promise;
		inner.finish();
	};
	outer.accept("connection");
	let isClosed = false;
	watched.service.defer("db", () => {
		isClosed = true;
	});
	const stopped = watched.service.stop();
	await watched.clock.advance(100);
	outer.finish();
	later(() => inner.accept("GET /"));
	await watched.clock.advance(100);
	assert.equal(isClosed, false, "the database was closed under a request");
	assert.equal(inner.drains.length, 2);
	assert.equal(inner.drains[0], inner.drains[1], "with the same options");
	answered.resolve();
	await watched.clock.advance(0);
	const { ok, durationMs } = await stopped;
	assert.deepEqual([ok, durationMs, isClosed], [true, 200, true]);
	return watched;
}

test("a server that has something in flight again after its drain is drained again, and has one event", async () => {
	for (const later of Object.values(LATER)) {
		const { emitted } = await handingOver(later);
		assert.deepEqual(
			emitted("drained").map(({ name }) => name),
			["inner", "outer"],
		);
	}
});

test("a server whose drain does not wait for what is in flight is hard-stopped at the deadline, not drained for ever", async () => {
	const { service, clock, serve } = await runningService();
	const liar = serve("liar");
	liar.accept("GET /");
	liar.drain = () => Promise.resolve();
	const stopped = service.stop();
	await clock.advance(0);
	const { left, exitCode } = await stopped;
	assert.deepEqual(left, [{ name: "liar", what: "GET /", ageMs: 0 }]);
	assert.equal(exitCode, 1);
	assert.equal(liar.hardStops, 1);
});

test("a server whose drain has failed is not drained again", async () => {
	const { service, clock, serve, emitted } = await runningService();
	const broken = serve("broken");
	broken.accept("GET /");
	broken.drain = () => Promise.reject(new Error("boom"));
	const stopped = service.stop();
	await clock.advance(10_000);
	assert.equal(emitted("failed").length, 1);
	assert.deepEqual(
		(await stopped).left.map(({ what }) => what),
		["GET /"],
	);
});

test("every server is released once, when all servers are drained or were hard-stopped", async () => {
	for (const isDropped of [false, true]) {
		const { service, clock, serve } = await runningService();
		const [quick, slow] = [serve("quick"), serve("slow")];
		const released: string[] = [];
		for (const server of [quick, slow]) {
			Object.assign(server, { release: () => void released.push(`${server.name} while ${service.phase}`) });
		}
		slow.accept("GET /");
		quick.finish();
		const stopped = service.stop();
		await clock.advance(100);
		assert.deepEqual(released, []);
		if (isDropped) void service.stopNow();
		else slow.finish();
		await clock.advance(0);
		await stopped;
		assert.deepEqual(released, ["quick while draining", "slow while draining"]);
	}
});

test("a turn of the clock lets promises, ticks and the check phase run, also while the fake clock stands still", async () => {
	const clock = new FakeClock();
	const order: string[] = [];
	setImmediate(() => setImmediate(() => order.push("check phase")));
	setImmediate(() => afterMicrotasks(20, () => order.push("awaits")));
	await clock.turn();
	assert.deepEqual(order, ["awaits", "check phase"]);
	assert.equal(clock.now(), new FakeClock().now());
});
