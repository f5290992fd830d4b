import assert from "node:assert/strict";
import { test } from "node:test";
import { bandsOf, slotBox } from "#page/bands.js";
import { densityOf } from "#page/density.js";
import { hitTest } from "#page/hit-test.js";
import { lanesOf } from "#page/lanes.js";
import { markersOf } from "#page/markers.js";
import { RANKS } from "#page/ranks.js";
import { type Painted, paintLanes, type Raster } from "#page/raster.js";
import { slotsOf } from "#page/slots.js";
import { TimeScale } from "#page/time-scale.js";
import type { TimeWindow } from "#page/time-window.js";
import { seededRandom } from "#src/load/seeded-random.js";
import { isLost, OUTCOMES } from "#src/record/outcome.js";
import { samplePageData } from "./sample-page-data.ts";

const all = OUTCOMES.map(() => true);
/** Outcome 0 is color 1, and so on. */
const colors = OUTCOMES.map((_, outcome) => outcome + 1);

function laidOut(window: TimeWindow, width: number, height: number, zoom = 1, shown = all) {
	const [round] = samplePageData({ newConnections: 3000 }).rounds;
	assert.ok(round);
	const lanes = lanesOf(round, 5);
	const slots = slotsOf(lanes, window, shown);
	return { lanes, slots, bands: bandsOf(slots, height, zoom), scale: new TimeScale(window, width) };
}

function paint(
	{ lanes, slots, bands, scale }: ReturnType<typeof laidOut>,
	height: number,
	shown = all,
): { raster: Raster; painted: Painted } {
	const raster = { pixels: new Uint32Array(scale.width * height), width: scale.width, height };
	const look = { scale, ratio: 1, scrollTop: 0, shown, colors, connectionColors: [90, 91] as const };
	return { raster, painted: paintLanes(raster, { lanes, slots, bands }, look) };
}

test("every request in the window is painted and counted", () => {
	const window = { startMs: -50, endMs: 5 };
	const it = laidOut(window, 800, 500);
	const { painted, raster } = paint(it, 500);
	const { sentMs, endedMs } = it.lanes;
	const expected = sentMs.filter((sent, row) => sent <= window.endMs && (endedMs[row] ?? 0) >= window.startMs);
	assert.equal(painted.requests, expected.length);
	for (const color of [1, 2, 4, 5, 6, 91]) assert.ok(raster.pixels.includes(color), String(color));
});

test("a lost request is on top where one pixel holds a thousand others", () => {
	const it = laidOut({ startMs: -100_000, endMs: 100_000 }, 400, 200);
	const { raster, painted } = paint(it, 200);
	const lostColors = colors.filter((_, outcome) => RANKS[outcome] === 2);
	for (const row of it.lanes.lost) {
		const { top, height } = slotBox(it.bands, it.slots.slotOf[it.lanes.lane[row] ?? 0] ?? 0);
		const pixel = raster.pixels[Math.floor(top + height / 2) * 400 + Math.floor(it.scale.x(it.lanes.sentMs[row] ?? 0))];
		assert.ok(lostColors.includes(pixel ?? 0));
	}
	const markers = markersOf(it, painted.notable, it.scale);
	assert.ok(markers.length > 0 && markers.length < it.lanes.lost.length);
	assert.deepEqual(new Set(markers.map(({ outcome }) => RANKS[outcome])), new Set([2]));
});

test("each lost request has a marker of its outcome within a cell, and the lost ones come last", () => {
	const it = laidOut({ startMs: -5, endMs: 6 }, 1200, 3000, 1000);
	const { painted } = paint(it, 3000);
	const markers = markersOf(it, painted.notable, it.scale);
	for (const row of it.lanes.lost) {
		const { top, height } = slotBox(it.bands, it.slots.slotOf[it.lanes.lane[row] ?? 0] ?? 0);
		const x = it.scale.x(it.lanes.endedMs[row] ?? 0);
		const y = top + height / 2;
		if (x > 1200 || y > 3000) continue;
		const near = markers.find(
			(marker) =>
				marker.outcome === it.lanes.outcome[row] && Math.abs(marker.x - x) <= 7 && Math.abs(marker.y - y) <= 7,
		);
		assert.ok(near);
	}
	const ranks = markers.map(({ outcome }) => RANKS[outcome] ?? 0);
	assert.ok(ranks.includes(1));
	assert.deepEqual(ranks, ranks.slice().sort());
});

test("what is hidden is neither painted nor found", () => {
	const shown = OUTCOMES.map((outcome) => !isLost(outcome));
	const it = laidOut({ startMs: -5, endMs: 6 }, 800, 500, 1, shown);
	const { raster } = paint(it, 500, shown);
	for (const color of [4, 5, 6]) assert.ok(!raster.pixels.includes(color));
	const { all: hidden } = densityOf(
		it.lanes,
		it.scale,
		shown.map(() => false),
	);
	assert.ok(hidden.every((count) => count === 0));
});

test("the hit test finds what a search through everything finds", () => {
	const random = seededRandom(3);
	for (const zoom of [1, 1000]) {
		const it = laidOut({ startMs: -8, endMs: 8 }, 900, 600, zoom);
		const { lanes, slots, bands, scale } = it;
		let found = 0;
		for (let count = 0; count < 300; count++) {
			const x = random() * 900;
			const y = random() * 600;
			const row = hitTest(it, scale, { x, y }, all);
			let gravest = -1;
			lanes.lane.forEach((lane, one) => {
				const band = bands.find(({ firstSlot, slots: many }) => {
					const slot = slots.slotOf[lane] ?? 0;
					return slots.lane[slot] === lane && slot >= firstSlot && slot < firstSlot + many;
				});
				if (!band) return;
				const { top, height } = slotBox(bands, slots.slotOf[lane] ?? 0);
				const reach = height > 8 ? 0 : 4;
				const inX = scale.x(lanes.sentMs[one] ?? 0) <= x + 4 && scale.x(lanes.endedMs[one] ?? 0) >= x - 4;
				if (inX && y >= top - reach && y < top + height + reach)
					gravest = Math.max(gravest, RANKS[lanes.outcome[one] ?? 0] ?? 0);
			});
			assert.equal(row === undefined ? -1 : RANKS[lanes.outcome[row] ?? 0], gravest);
			if (row !== undefined) found++;
		}
		assert.ok(found > 50 && found < 300);
	}
});

test("the density counts what was under way in each column, and every lost request", () => {
	const it = laidOut({ startMs: -420, endMs: 60 }, 480, 100);
	const density = densityOf(it.lanes, it.scale, all);
	for (const x of [30, 200, 421, 470]) {
		let expected = 0;
		it.lanes.sentMs.forEach((sent, row) => {
			if (Math.floor(it.scale.x(sent)) <= x && Math.floor(it.scale.x(it.lanes.endedMs[row] ?? 0)) >= x) expected++;
		});
		assert.equal(density.all[x], expected);
	}
	assert.equal(
		density.lost.reduce((sum, count) => sum + count, 0),
		it.lanes.lost.length,
	);
	assert.equal(density.most, Math.max(...density.all));
});
