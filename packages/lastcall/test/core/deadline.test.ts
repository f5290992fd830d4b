import assert from "node:assert/strict";
import { test } from "node:test";
import { Deadline } from "#src/core/deadline.js";
import { hang } from "../support/deferred.ts";
import { FakeClock } from "../support/fake-clock.ts";

test("the time left until a deadline runs down to 0 and no further", async () => {
	const clock = new FakeClock();
	const deadline = new Deadline(clock, 100);
	assert.equal(deadline.leftMs, 100);
	await clock.advance(60);
	assert.equal(deadline.leftMs, 40);
	assert.equal(deadline.elapsedMs, 60);
	await clock.advance(60);
	assert.equal(deadline.leftMs, 0);
	assert.equal(deadline.at, deadline.startedAt + 100);
});

test("a deadline can be brought forward to now, and never put off", async () => {
	const clock = new FakeClock();
	const deadline = new Deadline(clock, 100);
	await clock.advance(60);
	deadline.bringForward();
	assert.equal(deadline.leftMs, 0);
	assert.equal(deadline.at, deadline.startedAt + 60);
	assert.equal(deadline.isHurried, true);
	await clock.advance(60);
	deadline.bringForward();
	assert.equal(deadline.at, deadline.startedAt + 60);
});

test("work wins a race against the deadline when it ends in time, and loses at its limit or at a hurry", async () => {
	const clock = new FakeClock();
	const deadline = new Deadline(clock, 100);
	const results = new Map<string, boolean>();
	const race = (name: string, work: Promise<unknown>, ms: number): void =>
		void deadline.race(work, ms).then((done) => {
			results.set(name, done);
		});
	race("in time", clock.wait(20), 30);
	race("too late", clock.wait(40), 30);
	race("no time", hang(), -5);
	race("no time, but done", Promise.resolve(), 0);
	race("hurried", hang(), 80);
	await clock.advance(0);
	assert.deepEqual(Object.fromEntries(results), { "no time, but done": true, "no time": false });
	results.clear();
	await clock.advance(50);
	assert.deepEqual(Object.fromEntries(results), { "in time": true, "too late": false });
	deadline.bringForward();
	await clock.advance(0);
	assert.equal(results.get("hurried"), false);
	assert.equal(clock.timers, 0, "no timer is left behind");
});

test("after a hurry a race gives no more time, but work that has ended already wins", async () => {
	const clock = new FakeClock();
	const deadline = new Deadline(clock, 100);
	deadline.bringForward();
	const races = Promise.all([deadline.race(hang(), 50), deadline.race(Promise.resolve(), 50)]);
	await clock.advance(0);
	assert.equal(clock.timers, 0);
	assert.deepEqual(await races, [false, true]);
});
