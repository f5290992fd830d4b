import assert from "node:assert/strict";
import { test } from "node:test";
import { Check } from "#src/health/checks.js";
import { Deferred, hang } from "../support/deferred.ts";

const ignore = (): void => {};

test("probes share a check that is running, and its result for as long as it is valid", async () => {
	const runs: Deferred<unknown>[] = [];
	const run = (): Promise<unknown> => {
		const deferred = new Deferred<unknown>();
		runs.push(deferred);
		return deferred.promise;
	};
	const check = new Check("db", { check: run, cacheMs: 3_600_000 }, ignore);
	const results = [check.result(), check.result()];
	assert.equal(runs.length, 1);
	runs[0]?.reject(new Error("down"));
	results.push(check.result());
	for (const { status } of await Promise.all(results)) assert.equal(status, "failed");
	assert.equal((await check.result()).status, "failed");
	assert.equal(runs.length, 1, "a failure is good as long as a success");
});

test("a check whose result is valid for no time runs for each probe", async () => {
	let runs = 0;
	const check = new Check("db", { check: () => ++runs, cacheMs: 0 }, ignore);
	for (let i = 0; i < 3; i++) assert.equal((await check.result()).status, "ok");
	assert.equal(runs, 3);
});

test("a check that hangs fails when its time is over, gets its signal aborted, and runs again for the next probe", async () => {
	const signals: AbortSignal[] = [];
	const heard: unknown[] = [];
	const check = new Check(
		"db",
		{
			check: (signal) => {
				signals.push(signal);
				return hang();
			},
			timeoutMs: 10,
			cacheMs: 0,
		},
		(name, failure) => heard.push([name, String(failure?.error)]),
	);
	// A check's own timer doesn't keep a process alive, and this is one.
	const alive = setInterval(ignore, 1_000);
	assert.equal((await check.result()).status, "timed-out");
	assert.equal(signals[0]?.aborted, true);
	await check.result();
	clearInterval(alive);
	assert.equal(signals.length, 2);
	assert.deepEqual(heard, [["db", "Error: not done within 10 ms"]]);
});

test("a check fails if it throws, rejects or returns false, and passes otherwise", async () => {
	for (const [check, status] of [
		[() => undefined, "ok"],
		[() => Promise.resolve(0), "ok"],
		[() => false, "failed"],
		[() => Promise.resolve(false), "failed"],
		[() => Promise.reject(undefined), "failed"],
		[
			() => {
				throw new Error("down");
			},
			"failed",
		],
	] as const) {
		assert.equal((await new Check("db", check, ignore).result()).status, status, String(check));
	}
});
