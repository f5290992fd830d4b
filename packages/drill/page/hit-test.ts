import { at } from "./at.ts";
import { slotsBetween } from "./bands.ts";
import { firstRowEndingFrom } from "./lane-search.ts";
import type { Layout } from "./layout.ts";
import { RANKS } from "./ranks.ts";
import type { TimeScale } from "./time-scale.ts";

/** A point: `x` on the time scale, `y` from the top of all bands. */
export interface Pointer {
	readonly x: number;
	readonly y: number;
}

const REACH = 4;

/**
 * Finds the row that is drawn at the pointer, or a few pixels from it. Of several it is the gravest, then the nearest. `shown` is
 * by outcome.
 */
export function hitTest(
	layout: Layout,
	scale: TimeScale,
	pointer: Pointer,
	shown: readonly boolean[],
): number | undefined {
	const { lanes } = layout;
	const fromMs = scale.ms(pointer.x - REACH);
	const toMs = scale.ms(pointer.x + REACH);
	const ms = scale.ms(pointer.x);
	let best: number | undefined;
	let bestRank = -1;
	let bestDistance = Number.POSITIVE_INFINITY;
	for (const { lane, distance } of lanesNear(layout, pointer.y)) {
		const end = at(lanes.firstRow, lane + 1);
		for (let row = firstRowEndingFrom(lanes, lane, fromMs); row < end && at(lanes.sentMs, row) <= toMs; row++) {
			const outcome = at(lanes.outcome, row);
			if (!shown[outcome] || at(lanes.endedMs, row) < fromMs) continue;
			const away = Math.max(0, at(lanes.sentMs, row) - ms, ms - at(lanes.endedMs, row)) * scale.pixelsPerMs;
			const rankHere = at(RANKS, outcome);
			if (rankHere < bestRank || (rankHere === bestRank && away + distance >= bestDistance)) continue;
			best = row;
			bestRank = rankHere;
			bestDistance = away + distance;
		}
	}
	return best;
}

/** The lanes within `REACH` pixels. If lanes are tall enough to point at, only the lane at the pointer. */
function* lanesNear(
	{ bands, slots }: Layout,
	y: number,
): Generator<{ readonly lane: number; readonly distance: number }> {
	for (const band of bands) {
		const reach = band.laneHeight > 2 * REACH ? 0 : REACH;
		if (y < band.lanesTop - reach || y > band.bottom + reach) continue;
		const { from, to } = slotsBetween(band, y - reach, y + Math.max(reach, Number.EPSILON));
		for (let slot = from; slot < to; slot++) {
			const middle = band.lanesTop + (slot - band.firstSlot + 0.5) * band.laneHeight;
			yield { lane: at(slots.lane, slot), distance: Math.abs(middle - y) };
		}
	}
}
