import assert from "node:assert/strict";
import { test } from "node:test";
import { bandsOf, HEADING_HEIGHT, slotBox, slotsBetween } from "#page/bands.js";
import { LaneStack } from "#page/lane-stack.js";
import { lanesOf, loadOfLane } from "#page/lanes.js";
import { slotsOf } from "#page/slots.js";
import { isLost, OUTCOMES } from "#src/record/outcome.js";
import { samplePageData } from "./sample-page-data.ts";

const all = OUTCOMES.map(() => true);

function sample(options: Parameters<typeof samplePageData>[0] = {}) {
	const data = samplePageData(options);
	const [round] = data.rounds;
	assert.ok(round);
	return { data, round, lanes: lanesOf(round, 5) };
}

function slotsLike(...counts: number[]) {
	const ends = counts.map((_, i) => counts.slice(0, i + 1).reduce((sum, count) => sum + count, 0));
	const total = ends.at(-1) ?? 0;
	const lane = Int32Array.from({ length: total }, (_, i) => i);
	return { lane, slotOf: lane, firstSlot: Int32Array.from([0, ...ends]) };
}

test("every request is in one row, in the lane of its connection, in order", () => {
	const { round, lanes } = sample({ newConnections: 50 });
	const seen: string[] = [];
	for (let lane = 0; lane < lanes.fromMs.length; lane++) {
		const from = lanes.firstRow[lane] ?? 0;
		const to = lanes.firstRow[lane + 1] ?? 0;
		for (let row = from; row < to; row++) {
			assert.equal(lanes.lane[row], lane);
			if (row > from) assert.ok((lanes.sentMs[row] ?? 0) >= (lanes.sentMs[row - 1] ?? 0));
			seen.push(`${loadOfLane(lanes, lane)} ${lanes.connection[row]} ${lanes.nth[row]} ${lanes.outcome[row]}`);
		}
	}
	const { load, connection, nth, outcome } = round.requests;
	const expected = Array.from(load, (_, i) => `${load[i]} ${connection[i]} ${nth[i]} ${outcome[i]}`);
	assert.deepEqual(seen.sort(), expected.sort());
});

test("a connection has its lane to itself; refused attempts share lanes and never overlap", () => {
	const { lanes } = sample();
	let shared = 0;
	for (let row = 1; row < lanes.lane.length; row++) {
		if (lanes.lane[row] !== lanes.lane[row - 1]) continue;
		const isRefused = Number.isNaN(lanes.openedMs[lanes.lane[row] ?? 0] ?? 0);
		if (!isRefused) assert.equal(lanes.connection[row], lanes.connection[row - 1]);
		else assert.ok((lanes.sentMs[row] ?? 0) > (lanes.endedMs[row - 1] ?? 0));
		if (isRefused) shared++;
	}
	assert.ok(shared > 500);
});

test("lanes of a load are in the order of opening, the refused ones last", () => {
	const { lanes } = sample();
	for (let lane = 1; lane < lanes.openedMs.length; lane++) {
		if (loadOfLane(lanes, lane) !== loadOfLane(lanes, lane - 1)) continue;
		assert.ok(!((lanes.openedMs[lane] ?? 0) < (lanes.openedMs[lane - 1] ?? 0)));
		if (Number.isNaN(lanes.openedMs[lane - 1])) assert.ok(Number.isNaN(lanes.openedMs[lane]));
	}
});

test("the lost rows are those that are lost, by time of sending", () => {
	const { data, lanes } = sample();
	assert.equal(lanes.lost.length, data.report.tally.lost);
	assert.ok([...lanes.lost].every((row) => isLost(OUTCOMES[lanes.outcome[row] ?? 0] ?? "answered")));
	const sent = Array.from(lanes.lost, (row) => lanes.sentMs[row] ?? 0);
	assert.deepEqual(
		sent,
		sent.slice().sort((a, b) => a - b),
	);
});

test("no requests at all, and only refused ones", () => {
	const none = { load: [], connection: [], nth: [], sentMs: [], endedMs: [], outcome: [], status: [], note: [] };
	const connections = { load: [], connection: [], openedMs: [], endedMs: [], how: [], note: [] };
	const empty = lanesOf({ loads: ["a"], notes: [""], requests: none, connections }, 3);
	assert.deepEqual([empty.startMs, empty.endMs, empty.lane.length], [0, 3, 0]);
	const stack = new LaneStack(empty, empty, all);
	stack.resize(100);
	stack.zoom(2);
	stack.update(empty, all);
	assert.equal(stack.scrollTop, 0);
	const once = {
		load: [0],
		connection: [0],
		nth: [0],
		sentMs: [1],
		endedMs: [2],
		outcome: [1],
		status: [0],
		note: [0],
	};
	const refused = lanesOf({ loads: ["a"], notes: [""], requests: once, connections }, 0);
	assert.deepEqual([...refused.firstRow], [0, 1]);
	assert.deepEqual([...slotsOf(refused, { startMs: 0, endMs: 9 }, all).lane], [0]);
	const hidden = OUTCOMES.map((outcome) => outcome !== "refused");
	assert.deepEqual([...slotsOf(refused, { startMs: 0, endMs: 9 }, hidden).lane], []);
});

test("only lanes with something in the window have a slot", () => {
	const { lanes } = sample({ newConnections: 2000 });
	const window = { startMs: -100, endMs: -90 };
	const { lane, slotOf } = slotsOf(lanes, window, all);
	const expected = Array.from(lanes.fromMs.keys()).filter(
		(one) => (lanes.fromMs[one] ?? 0) <= -90 && (lanes.toMs[one] ?? 0) >= -100,
	);
	assert.deepEqual([...lane], expected);
	assert.ok(lane.length < 400);
	lane.forEach((one, slot) => {
		assert.equal(slotOf[one], slot);
	});
});

test("16 lanes stay visible beside 20,000, and the height is used up and not passed", () => {
	const bands = bandsOf(slotsLike(16, 20_000), 500, 1);
	assert.ok((bands[0]?.laneHeight ?? 0) * 16 >= 10);
	assert.ok(Math.abs((bands[1]?.bottom ?? 0) - 500) < 0.001);
	const few = bandsOf(slotsLike(1, 3), 500, 1);
	assert.equal(few[1]?.bottom, 2 * HEADING_HEIGHT + 4 * 12);
	const room = bandsOf(slotsLike(2, 800), 500, 1);
	assert.ok(Math.abs((room[1]?.bottom ?? 0) - 500) < 0.001);
});

test("a slot's pixels are the slot's", () => {
	for (const zoom of [1, 3, 1000]) {
		const bands = bandsOf(slotsLike(7, 0, 900), 300, zoom);
		for (const slot of [0, 6, 7, 400, 906]) {
			const { top, height } = slotBox(bands, slot);
			const band = bands[slot < 7 ? 0 : 2];
			assert.ok(band);
			const { from, to } = slotsBetween(band, top + height * 0.4, top + height * 0.6);
			assert.deepEqual([from, to], [slot, slot + 1]);
		}
	}
});

test("what is under the pointer stays there while lanes grow, and the lane in the middle while time moves", () => {
	const { lanes } = sample({ newConnections: 2000 });
	const stack = new LaneStack(lanes, lanes, all);
	stack.resize(400);
	const laneAt = (y: number): number => laneAtY(stack, y);
	const before = laneAt(300);
	for (let count = 0; count < 9; count++) stack.zoom(1.5, 300);
	assert.ok(Math.abs(laneAt(300) - before) <= 1);
	const middle = laneAt(200);
	const ms = lanes.fromMs[middle] ?? 0;
	stack.update({ startMs: ms - 20, endMs: ms + 20 }, all);
	assert.ok(Math.abs(laneAt(200) - middle) <= 1);
	stack.reveal(0);
	assert.ok(stack.scrollTop >= 0 && slotBox(stack.bands, 0).top - stack.scrollTop < 400);
});

function laneAtY({ bands, slots, scrollTop }: LaneStack, y: number): number {
	const band = bands.findLast(({ top }) => top <= y + scrollTop);
	assert.ok(band);
	return slots.lane[slotsBetween(band, y + scrollTop, y + scrollTop + 0.001).from] ?? -1;
}
