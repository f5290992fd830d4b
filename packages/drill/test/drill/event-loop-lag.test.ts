import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { EventLoopLag } from "#src/drill/event-loop-lag.js";

test("a stall is recorded, and found in each period that it overlaps", async () => {
	const lag = new EventLoopLag();
	await delay(20);
	const fromMs = performance.now();
	Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 80);
	const toMs = performance.now();
	await delay(20);
	lag.end();
	assert.ok(lag.longestMs(fromMs, toMs) >= 70);
	assert.ok(lag.longestMs(toMs - 1, toMs + 1_000) >= 70);
	assert.equal(lag.longestMs(fromMs - 2_000, fromMs - 1_000), 0);
	assert.equal(lag.longestMs(performance.now(), performance.now() + 1_000), 0);
});
