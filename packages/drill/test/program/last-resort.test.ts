import assert from "node:assert/strict";
import { test } from "node:test";
import { fixture, isLiving, started } from "../support/started-program.ts";

for (const [how, code] of [
	["throws", 1],
	["exits", 5],
] as const) {
	test(`a drill that ${how} leaves nothing behind`, async (t) => {
		const { target } = await started(t, fixture("drill-that-dies", how));
		const end = await target.ended;
		const output = await target.finalOutput();
		assert.equal(end.code, code, output);
		const pids = [/target (\d+)\./, /left (\d+)\./].map((pattern) => Number(pattern.exec(output)?.[1]));
		for (const pid of pids) {
			assert.ok(pid > 0);
			assert.equal(await isLiving(pid), false);
		}
	});
}

test("nothing of a drill's is left when it is over", { timeout: 60_000 }, async (t) => {
	const { target } = await started(t, fixture("drills-once"));
	const end = await target.ended;
	assert.equal(end.code, 0, await target.finalOutput());
	assert.match(await target.finalOutput(), /exit listeners more: 0/);
});
