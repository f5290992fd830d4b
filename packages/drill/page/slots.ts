import { OUTCOMES } from "#src/record/outcome.js";
import { at } from "./at.ts";
import type { Lanes } from "./lanes.ts";
import type { TimeWindow } from "./time-window.ts";

/**
 * The lanes that have something in the window, in order. The others take no room. So of 20,000 connections of two milliseconds each,
 * those at the stop are large enough to distinguish.
 */
export interface Slots {
	/** The lane in each slot. */
	readonly lane: Int32Array;
	/** The first slot of each load, then the number of slots. */
	readonly firstSlot: Int32Array;
	/** The slot of each lane. For a lane without a slot: the slot that would follow it. */
	readonly slotOf: Int32Array;
}

const REFUSED = OUTCOMES.indexOf("refused");

/** Finds the lanes of a window. `shown` is by outcome. */
export function slotsOf(lanes: Lanes, window: TimeWindow, shown: readonly boolean[]): Slots {
	const { fromMs, toMs, openedMs, firstLane, loads } = lanes;
	const lane = new Int32Array(fromMs.length);
	const slotOf = new Int32Array(fromMs.length);
	const firstSlot = new Int32Array(loads.length + 1);
	let slots = 0;
	for (let load = 0; load < loads.length; load++) {
		for (let one = at(firstLane, load); one < at(firstLane, load + 1); one++) {
			slotOf[one] = slots;
			// Not at(): this runs for each lane of each frame.
			if ((fromMs[one] as number) > window.endMs || (toMs[one] as number) < window.startMs) continue;
			if (!shown[REFUSED] && Number.isNaN(openedMs[one] as number)) continue;
			lane[slots++] = one;
		}
		firstSlot[load + 1] = slots;
	}
	return { lane: lane.subarray(0, slots), firstSlot, slotOf };
}
