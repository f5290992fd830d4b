import assert from "node:assert/strict";
import { test } from "node:test";
import { countOf, countText, durationText, instantText, tickText } from "#page/number-text.js";
import { timeMarksOf } from "#page/time-marks.js";
import { TimeScale } from "#page/time-scale.js";
import { aroundStop, panned, showing, within, withMargin, zoomed } from "#page/time-window.js";
import { samplePageData } from "./sample-page-data.ts";

const all = { startMs: -1000, endMs: 3000 };

test("a window never leaves what there is, nor gets too short", () => {
	assert.deepEqual(within({ startMs: -5000, endMs: -4000 }, all), { startMs: -1000, endMs: 0 });
	assert.deepEqual(within({ startMs: -5000, endMs: 9000 }, all), all);
	assert.deepEqual(panned({ startMs: 0, endMs: 100 }, 0.5, all), { startMs: 50, endMs: 150 });
	assert.deepEqual(panned({ startMs: 2900, endMs: 3000 }, 0.5, all), { startMs: 2900, endMs: 3000 });
	let window = all;
	for (let count = 0; count < 100; count++) window = zoomed(window, 0.5, 7, all);
	assert.ok(window.endMs - window.startMs >= 0.049 && window.startMs < 7 && window.endMs > 7);
	assert.deepEqual(withMargin({ startMs: 0, endMs: 0 }), { startMs: -1, endMs: 1 });
});

test("zooming keeps the instant under the pointer where it is", () => {
	const before = new TimeScale({ startMs: 0, endMs: 100 }, 500);
	const after = new TimeScale(zoomed(before.window, 0.3, 40, all), 500);
	assert.ok(Math.abs(before.x(40) - after.x(40)) < 1e-9);
	assert.ok(Math.abs(after.ms(after.x(33)) - 33) < 1e-9);
});

test("a request comes into the window whole, and one that is there moves nothing", () => {
	const window = { startMs: 0, endMs: 100 };
	assert.equal(showing(window, 20, 30, all), window);
	assert.deepEqual(showing(window, 200, 210, all), { startMs: 155, endMs: 255 });
	const longer = showing(window, 200, 700, all);
	assert.ok(longer.startMs < 200 && longer.endMs > 700);
});

test("the first window holds the stop and the end", () => {
	for (const lastMs of [0, 2.6, 900]) {
		const { startMs, endMs } = aroundStop(lastMs, all);
		assert.ok(startMs < 0 && endMs > lastMs);
	}
});

test("ticks are round, in the window and apart", () => {
	for (const length of [0.05, 0.3, 7, 90, 4000, 1e6]) {
		const scale = new TimeScale({ startMs: -length / 3, endMs: length }, 800);
		const { stepMs, atMs } = scale.ticks(90);
		assert.ok(atMs.length >= 2 && atMs.length <= 10);
		assert.ok(stepMs * scale.pixelsPerMs >= 90);
		assert.equal(new Set(atMs.map((ms) => tickText(ms, stepMs))).size, atMs.length);
	}
});

test("numbers in words", () => {
	assert.deepEqual(
		[countText(1234567), countOf(1, "request"), countOf(0, "request")],
		["1,234,567", "1 request", "0 requests"],
	);
	assert.deepEqual(
		[durationText(0.034), durationText(123.456), durationText(12_345)],
		["0.03 ms", "123.5 ms", "12.35 s"],
	);
	assert.deepEqual([instantText(3.4), instantText(-3.4), instantText(-0.001)], ["+3.4 ms", "\u22123.4 ms", "0 ms"]);
	assert.deepEqual([tickText(-0.5, 0.5), tickText(20, 10), tickText(2000, 1000)], ["\u22120.5 ms", "20 ms", "2 s"]);
});

test("marks tell in order what happened to the target", () => {
	const [round] = samplePageData().report.rounds;
	assert.ok(round);
	const texts = (change: object): string[] => timeMarksOf({ ...round, ...change }).map(({ text }) => text);
	assert.deepEqual(texts({}), ["stop: SIGTERM", "last response", "exit, by SIGTERM", "first refused"]);
	const stop = { by: "SIGINT", group: true, againMs: 1000 };
	const exit = { atMs: 1001, code: 130, signal: null, killed: false };
	assert.deepEqual(texts({ stop, exit }).slice(-2), ["second signal: SIGINT", "exit, code 130"]);
	assert.equal(texts({ stop })[0], "stop: SIGINT to the group");
	assert.ok(texts({ exit: { ...exit, killed: true } }).includes("killed: grace period over"));
});
