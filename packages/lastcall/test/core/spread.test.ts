import assert from "node:assert/strict";
import { test } from "node:test";
import type { ServiceOptions } from "lastcall";
import { Spread } from "#src/core/spread.js";
import { CTRL_C, SIGTERM } from "../support/stop-reasons.ts";
import { runningService } from "../support/watched-service.ts";

test("a few closing messages are sent at once", () => {
	assert.deepEqual(new Spread(1_000, () => 0.9).delays(10), Array(10).fill(0));
	assert.deepEqual(new Spread(1_000, () => 0.9).delays(0), []);
});

test("many closing messages are spread evenly, each at random within its share of about a millisecond", () => {
	const randoms = [0, 0.5, 0.75];
	let calls = 0;
	const delays = new Spread(1_000, () => randoms[calls++ % 3] ?? 0).delays(12);
	assert.deepEqual(delays, [0, 1.5, 2.75, 3, 4.5, 5.75, 6, 7.5, 8.75, 9, 10.5, 11.75]);
});

test("however many closing messages there are, they take no longer than the spread", () => {
	const delays = new Spread(500, () => 0.999).delays(10_000);
	assert.equal(delays.length, 10_000);
	assert.ok(delays.every((ms, i) => ms >= i * 0.05 && ms < (i + 1) * 0.05));
});

test("clients are asked to reconnect at different times", () => {
	const randoms = [0, 0.5, 1];
	const spread = new Spread(4_000, () => randoms.shift() ?? 0);
	assert.deepEqual(
		[spread.reconnectDelayMs(), spread.reconnectDelayMs(), spread.reconnectDelayMs()],
		[500, 2_500, 4_500],
	);
	assert.equal(new Spread(0, () => 1).reconnectDelayMs(), 1_500);
});

test("no closing message is sent before every listener is closed, including one that fails to close and one that is added in the same turn", async () => {
	const spread = new Spread(0, () => 0);
	let isClosed = false;
	const closed = spread.listenersClosed().then(() => {
		isClosed = true;
	});
	let close = (): void => {};
	const listener = new Promise<void>((resolve) => {
		close = resolve;
	});
	assert.equal(spread.trackListener(listener), listener);
	void spread.trackListener(Promise.reject(new Error("stuck"))).catch(() => {});
	await new Promise((resolve) => setImmediate(resolve));
	assert.equal(isClosed, false);
	close();
	await closed;
});

/** When the last of many closing messages is sent, in milliseconds after draining began. */
async function spreadOf(options: ServiceOptions, reason = SIGTERM, resources = 0): Promise<number> {
	const { service, state, serve } = await runningService(options);
	for (let i = 0; i < resources; i++) service.defer(`resource ${i}`, () => {});
	const server = serve("http");
	void state.stop(reason);
	return Math.ceil(server.drains[0]?.spread.delays(1_000_000).at(-1) ?? Number.NaN);
}

test("the spread of closing messages is as long as the linger, unless spreadMs is set", async () => {
	assert.equal(await spreadOf({}), 1_000);
	assert.equal(await spreadOf({ lingerMs: 70 }), 70);
	assert.equal(await spreadOf({ lingerMs: 70, spreadMs: 300 }), 300);
	assert.equal(await spreadOf({ spreadMs: 0 }), 0);
	assert.equal(await spreadOf({}, CTRL_C), 0);
});

test("the spread of closing messages takes at most half of the time left, without the linger and the close reserve", async () => {
	assert.equal(await spreadOf({ lingerMs: 2_000, spreadMs: 8_000 }), 4_000);
	assert.equal(await spreadOf({ lingerMs: 2_000, spreadMs: 6_000 }, SIGTERM, 1), 3_000);
	assert.equal(await spreadOf({ gracePeriodMs: 100, lingerMs: 100 }), 0);
});
