import { OUTCOMES } from "#src/record/outcome.js";
import type { PageRound } from "#src/report/page-data.js";
import { at } from "./at.ts";

/** The lane of each request and each connection. */
export interface LaneNumbers {
	/** The first lane of each load, then the number of lanes. */
	readonly firstLane: Int32Array;
	/** By row of the columns. */
	readonly ofRequest: Int32Array;
	readonly ofConnection: Int32Array;
}

const REFUSED = OUTCOMES.indexOf("refused");

/**
 * Gives each connection its own lane, grouped by load and sorted by opening time. A refused attempt has no connection: the
 * refused attempts of a load share as few lanes as possible, below its connections.
 */
export function numberLanes({ loads, requests, connections }: PageRound): LaneNumbers {
	const ofLoad = loads.map(() => ({ opened: new Map<number, number>(), freeFromMs: [] as number[] }));
	const open = (load = 0, connection = 0): number => {
		const opened = ofLoad[load]?.opened;
		const lane = opened?.get(connection) ?? opened?.size ?? 0;
		opened?.set(connection, lane);
		return lane;
	};
	// Both are sorted by time.
	const ofConnection = Int32Array.from(connections.load, (load, i) => open(load, connections.connection[i]));
	const isOpen = (i: number): boolean =>
		requests.outcome[i] !== REFUSED || ofLoad[at(requests.load, i)]?.opened.has(at(requests.connection, i)) === true;
	const ofRequest = Int32Array.from(requests.load, (load, i) => {
		if (isOpen(i)) return open(load, requests.connection[i]);
		return -1 - shareLane(ofLoad[load]?.freeFromMs ?? [], at(requests.sentMs, i), at(requests.endedMs, i));
	});
	const firstLane = new Int32Array(loads.length + 1);
	for (const [load, { opened, freeFromMs }] of ofLoad.entries())
		firstLane[load + 1] = at(firstLane, load) + opened.size + freeFromMs.length;
	ofConnection.forEach((lane, i) => {
		ofConnection[i] = lane + at(firstLane, at(connections.load, i));
	});
	ofRequest.forEach((lane, i) => {
		const load = at(requests.load, i);
		ofRequest[i] = at(firstLane, load) + (lane >= 0 ? lane : (ofLoad[load]?.opened.size ?? 0) - 1 - lane);
	});
	return { firstLane, ofRequest, ofConnection };
}

/** Returns the first lane that is free from `sentMs`, or a new lane. */
function shareLane(freeFromMs: number[], sentMs: number, endedMs: number): number {
	const free = freeFromMs.findIndex((ms) => ms < sentMs);
	const lane = free < 0 ? freeFromMs.length : free;
	freeFromMs[lane] = endedMs;
	return lane;
}
