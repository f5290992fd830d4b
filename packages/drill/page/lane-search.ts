import { at } from "./at.ts";
import type { Lanes } from "./lanes.ts";

/** Returns the first row of a lane that ended at `ms` or later, or else the first row of the next lane. */
export function firstRowEndingFrom(lanes: Lanes, lane: number, ms: number): number {
	const { latestEndMs } = lanes;
	let low = at(lanes.firstRow, lane);
	let high = at(lanes.firstRow, lane + 1);
	while (low < high) {
		const middle = (low + high) >>> 1;
		// Not at(): this runs for each lane of each frame.
		if ((latestEndMs[middle] as number) < ms) low = middle + 1;
		else high = middle;
	}
	return low;
}
