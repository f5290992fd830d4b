import { at } from "./at.ts";
import { slotBox } from "./bands.ts";
import type { Layout } from "./layout.ts";
import { LOST_RANK, RANKS } from "./ranks.ts";
import type { TimeScale } from "./time-scale.ts";

/** A shape at the end of a request. */
export interface Marker {
	readonly x: number;
	/** From the top of all bands. */
	readonly y: number;
	readonly outcome: number;
}

const CELL = 7;
const TALL_LANE = 7;

/**
 * Returns the markers of rows. Every lost request has one, however small its lane. The others have one if there is room. Each cell of
 * a few pixels has one marker of each outcome: more would cover each other.
 */
export function markersOf({ lanes, slots, bands }: Layout, rows: readonly number[], scale: TimeScale): Marker[] {
	const markers: Marker[] = [];
	const taken = new Set<number>();
	const columns = Math.ceil(scale.width / CELL) + 1;
	for (const row of rows) {
		const outcome = at(lanes.outcome, row);
		const x = scale.x(at(lanes.endedMs, row));
		if (x < 0 || x > scale.width) continue;
		const { top, height } = slotBox(bands, at(slots.slotOf, at(lanes.lane, row)));
		if (at(RANKS, outcome) < LOST_RANK && height < TALL_LANE) continue;
		const y = top + height / 2;
		const cell = (Math.floor(y / CELL) * columns + Math.floor(x / CELL)) * RANKS.length + outcome;
		if (taken.has(cell)) continue;
		taken.add(cell);
		markers.push({ x, y, outcome });
	}
	return markers;
}
