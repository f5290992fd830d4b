import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "../support/fake-clock.ts";

test("a fake clock runs nothing before it is moved, not even what is due at once", async () => {
	const clock = new FakeClock();
	const ran: string[] = [];
	clock.after(0, () => ran.push("at once"));
	clock.after(5, () => ran.push("in 5"));
	await new Promise((resolve) => setImmediate(resolve));
	assert.deepEqual(ran, []);
	await clock.advance(0);
	assert.deepEqual(ran, ["at once"]);
	await clock.advance(4);
	assert.deepEqual(ran, ["at once"]);
	await clock.advance(1);
	assert.deepEqual(ran, ["at once", "in 5"]);
});

test("a fake clock runs callbacks at their own instants, in the order of the instants and then of their setting", async () => {
	const clock = new FakeClock();
	const start = clock.now();
	const ran: string[] = [];
	const at = (name: string) => () => ran.push(`${name} at ${clock.now() - start}`);
	clock.after(20, at("c"));
	clock.after(10, at("a"));
	clock.after(10, at("b"));
	await clock.advance(30);
	assert.deepEqual(ran, ["a at 10", "b at 10", "c at 20"]);
	assert.equal(clock.now() - start, 30);
});

test("a fake clock lets promises settle between two callbacks of one instant, and runs what they set", async () => {
	const clock = new FakeClock();
	const ran: string[] = [];
	void clock
		.wait(10)
		.then(() => {})
		.then(() => clock.after(0, () => ran.push("set meanwhile")))
		.then(() => ran.push("settled"));
	clock.after(10, () => ran.push("second"));
	await clock.advance(10);
	assert.deepEqual(ran, ["settled", "second", "set meanwhile"]);
});

test("a fake clock never runs what was cancelled", async () => {
	const clock = new FakeClock();
	const cancel = clock.after(10, () => assert.fail("ran"));
	assert.equal(clock.timers, 1);
	cancel();
	assert.equal(clock.timers, 0);
	await clock.advance(20);
});

test("a time that is too short to change a fake clock's number passes all the same", async () => {
	const clock = new FakeClock();
	const before = clock.now();
	let passed = 0;
	clock.after(1e-15, () => {
		passed = clock.now() - before;
	});
	await clock.advance(1);
	assert.ok(passed > 0, String(passed));
});
