import assert from "node:assert/strict";
import { test } from "node:test";
import { fixture, fixtureLine, started } from "../support/started-program.ts";

test("a signal goes to the one process", async (t) => {
	const { target, said } = await started(t, fixture("tells-signals", "parent"));
	await said(/child is up/);
	assert.ok(target.signal("SIGINT"));
	await said(/parent got SIGINT/);
	assert.doesNotMatch(target.output, /child got/);
	// The parent waits for its child: had that got the signal too, both would have ended by now or soon.
	assert.equal((await target.processes()).length, 2);
});

test("a signal goes to the whole group", async (t) => {
	const { target, said } = await started(t, fixture("tells-signals", "parent"));
	await said(/child is up/);
	assert.ok(target.signal("SIGINT", { group: true }));
	await target.ended;
	assert.match(await target.finalOutput(), /child got SIGINT/);
	assert.match(target.output, /parent got SIGINT/);
});

test("a group without its leader can still be signalled, until it is empty", async (t) => {
	const { target, said } = await started(t, ["sh", "-c", `${fixtureLine("tells-signals")} & exit 0`]);
	await target.ended;
	await said(/child is up/);
	assert.equal(target.signal("SIGINT"), false);
	assert.ok(target.signal("SIGINT", { group: true }));
	await said(/child got SIGINT/);
	assert.deepEqual(await target.leftProcesses(), []);
	assert.equal(target.signal("SIGINT", { group: true }), false);
});

test("an unknown signal is the caller's mistake", async (t) => {
	const { target } = await started(t, fixture("stays-alive"));
	assert.throws(() => target.signal("SIGNOTHING" as NodeJS.Signals), { code: "ERR_UNKNOWN_SIGNAL" });
});
