import { isLost, OUTCOMES } from "#src/record/outcome.js";
import type { ConnectionColumns, PageRound, RequestColumns } from "#src/report/page-data.js";
import { at } from "./at.ts";
import { numberLanes } from "./lane-numbers.ts";

/**
 * A round in lanes, one for each connection. The rows (requests) are sorted by lane, then by time of sending, so that the visible
 * requests of a lane are consecutive.
 */
export interface Lanes extends LaneColumns, RowColumns {
	readonly loads: readonly string[];
	readonly notes: readonly string[];
	/** The first lane of each load, then the number of lanes. */
	readonly firstLane: Int32Array;
	/** The rows of the lost requests, sorted by time of sending. */
	readonly lost: Int32Array;
	/** From the first event to the last, including the stop. */
	readonly startMs: number;
	readonly endMs: number;
}

interface LaneColumns {
	/** The first row of each lane, then the number of rows. */
	readonly firstRow: Int32Array;
	/** By lane. NaN for refused attempts. */
	readonly openedMs: Float64Array;
	readonly closedMs: Float64Array;
	/** By lane: an index of `CONNECTION_ENDS`. */
	readonly how: Uint8Array;
	/** When the lane is in use. */
	readonly fromMs: Float64Array;
	readonly toMs: Float64Array;
}

interface RowColumns {
	readonly lane: Int32Array;
	/** The connection's number in its load. */
	readonly connection: Int32Array;
	readonly nth: Int32Array;
	readonly sentMs: Float64Array;
	readonly endedMs: Float64Array;
	/** The latest end in the lane up to this row. It never decreases within a lane, which allows a binary search. */
	readonly latestEndMs: Float64Array;
	readonly outcome: Uint8Array;
	readonly status: Uint16Array;
	readonly note: Int32Array;
}

/** Arranges a round in lanes. `lastMs` is a later event, such as the exit. */
export function lanesOf(round: PageRound, lastMs: number): Lanes {
	const { firstLane, ofRequest, ofConnection } = numberLanes(round);
	const rows = rowColumns(round.requests, ofRequest);
	const lanes = laneColumns(round.connections, ofConnection, rows, at(firstLane, round.loads.length));
	return {
		loads: round.loads,
		notes: round.notes,
		firstLane,
		...lanes,
		...rows,
		lost: lostRows(rows),
		startMs: lanes.fromMs.reduce((first, ms) => Math.min(first, ms), 0),
		endMs: lanes.toMs.reduce((last, ms) => Math.max(last, ms), Math.max(0, lastMs)),
	};
}

/** Returns the load of a lane. */
export function loadOfLane({ loads, firstLane }: Lanes, lane: number): number {
	return loads.findLastIndex((_, load) => at(firstLane, load) <= lane);
}

function rowColumns(requests: RequestColumns, ofRequest: Int32Array): RowColumns {
	// The columns are sorted by time of sending. This keeps their order within a lane.
	const from = Int32Array.from(ofRequest.keys()).sort((a, b) => at(ofRequest, a) - at(ofRequest, b) || a - b);
	const pick = (values: ArrayLike<number>) => (index: number) => at(values, index);
	const lane = from.map((index) => at(ofRequest, index));
	const endedMs = Float64Array.from(from, pick(requests.endedMs));
	return {
		lane,
		connection: from.map(pick(requests.connection)),
		nth: from.map(pick(requests.nth)),
		sentMs: Float64Array.from(from, pick(requests.sentMs)),
		endedMs,
		latestEndMs: latestEnds(lane, endedMs),
		outcome: Uint8Array.from(from, pick(requests.outcome)),
		status: Uint16Array.from(from, pick(requests.status)),
		note: from.map(pick(requests.note)),
	};
}

function latestEnds(lane: Int32Array, endedMs: Float64Array): Float64Array {
	const latest = endedMs.slice();
	for (let row = 1; row < latest.length; row++)
		if (lane[row] === lane[row - 1]) latest[row] = Math.max(at(latest, row), at(latest, row - 1));
	return latest;
}

function laneColumns(
	connections: ConnectionColumns,
	ofConnection: Int32Array,
	rows: RowColumns,
	count: number,
): LaneColumns {
	const openedMs = new Float64Array(count).fill(Number.NaN);
	const closedMs = openedMs.slice();
	const how = new Uint8Array(count);
	ofConnection.forEach((lane, i) => {
		openedMs[lane] = at(connections.openedMs, i);
		closedMs[lane] = at(connections.endedMs, i);
		how[lane] = at(connections.how, i);
	});
	const firstRow = new Int32Array(count + 1);
	const fromMs = openedMs.map((ms) => (Number.isNaN(ms) ? Number.POSITIVE_INFINITY : ms));
	const toMs = closedMs.map((ms) => (Number.isNaN(ms) ? Number.NEGATIVE_INFINITY : ms));
	rows.lane.forEach((lane, row) => {
		firstRow[lane + 1] = row + 1;
		fromMs[lane] = Math.min(at(fromMs, lane), at(rows.sentMs, row));
		toMs[lane] = Math.max(at(toMs, lane), at(rows.endedMs, row));
	});
	for (let lane = 1; lane <= count; lane++) firstRow[lane] = Math.max(at(firstRow, lane), at(firstRow, lane - 1));
	return { firstRow, openedMs, closedMs, how, fromMs, toMs };
}

function lostRows({ outcome, sentMs }: RowColumns): Int32Array {
	const isLostOutcome = OUTCOMES.map(isLost);
	const lost = Int32Array.from(outcome.keys()).filter((row) => isLostOutcome[at(outcome, row)]);
	return lost.sort((a, b) => at(sentMs, a) - at(sentMs, b));
}
