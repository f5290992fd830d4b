import assert from "node:assert/strict";
import { test } from "node:test";
import { hang } from "../support/deferred.ts";
import { runningService } from "../support/watched-service.ts";

test("waiting events come 1 s, 3 s, 7 s, 15 s, … after draining began", async () => {
	const { service, clock, events } = await runningService({ gracePeriodMs: 20_000, lameDuckMs: 500 });
	service.task("outbox", hang);
	const start = clock.now();
	const seen: [atMs: number, leftMs: number][] = [];
	let emitted = events.length;
	void service.stop();
	for (let step = 0; step < 40; step++) {
		await clock.advance(500);
		for (const event of events.slice(emitted)) {
			if (event.type === "waiting") seen.push([clock.now() - start, event.leftMs]);
		}
		emitted = events.length;
	}
	assert.deepEqual(seen, [
		[1_500, 18_500],
		[3_500, 16_500],
		[7_500, 12_500],
		[15_500, 4_500],
	]);
});

test("a waiting event has what is in flight at that time, by name and age", async () => {
	const { service, clock, emitted } = await runningService();
	service.task("outbox", () => clock.wait(2_000));
	service.task("mail", hang);
	void service.stop();
	await clock.advance(3_000);
	assert.deepEqual(
		emitted("waiting").map(({ inFlight }) => inFlight),
		[
			[
				{ name: "outbox", what: "task", ageMs: 1_000 },
				{ name: "mail", what: "task", ageMs: 1_000 },
			],
			[{ name: "mail", what: "task", ageMs: 3_000 }],
		],
	);
});

test("no waiting event comes after the drain, and no timer is left", async () => {
	const { service, clock, emitted } = await runningService();
	service.task("outbox", () => clock.wait(500));
	const stopped = service.stop();
	await clock.advance(500);
	await stopped;
	assert.equal(clock.timers, 0);
	await clock.advance(10_000);
	assert.deepEqual(emitted("waiting"), []);
});

test("the draining event has the linger that is used, and it and the waiting events the number of idle connections", async () => {
	const { service, clock, serve, events } = await runningService({ gracePeriodMs: 20_000 });
	const [http, admin] = [serve("http"), serve("admin")];
	[http.idle, admin.idle] = [2, 1];
	void service.stop();
	await clock.advance(1_000);
	admin.idle = 0;
	admin.finish();
	await clock.advance(2_000);
	http.idle = 0;
	http.finish();
	await clock.advance(0);
	assert.deepEqual(
		events.filter(({ type }) => type === "draining" || type === "waiting"),
		[
			{ type: "draining", inFlight: [], idleConnections: 3, lingerMs: 2_000 },
			{ type: "waiting", inFlight: [], idleConnections: 3, leftMs: 19_000 },
			{ type: "waiting", inFlight: [], idleConnections: 2, leftMs: 17_000 },
		],
	);
});

test("after a crash the draining event has the shorter linger", async () => {
	const { state, clock, emitted } = await runningService({ lingerMs: 400 });
	void state.stop({ kind: "uncaught", error: new Error("boom") });
	await clock.advance(0);
	assert.deepEqual(emitted("draining"), [{ type: "draining", inFlight: [], idleConnections: 0, lingerMs: 100 }]);
});
