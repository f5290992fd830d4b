import { at } from "./at.ts";
import type { Slots } from "./slots.ts";

/** The slots of one load, from top to bottom. Pixels count from the top of all bands. */
export interface Band {
	readonly load: number;
	readonly firstSlot: number;
	readonly slots: number;
	/** The top of its heading. */
	readonly top: number;
	/** The top of its first lane. */
	readonly lanesTop: number;
	/** Can be far less than a pixel. */
	readonly laneHeight: number;
	readonly bottom: number;
}

export const HEADING_HEIGHT = 20;
const COMFORTABLE_LANE = 12;
const TALLEST_LANE = 28;

/** The height at which each lane is easy to see. */
export function comfortableHeight(loads: number, lanes: number): number {
	return loads * HEADING_HEIGHT + lanes * COMFORTABLE_LANE;
}

/**
 * Divides `height` among the loads by the square root of their slots, so that 16 connections stay visible beside 20,000. A
 * `zoom` above 1 enlarges the lanes, up to a limit, but not the headings.
 */
export function bandsOf({ firstSlot }: Slots, height: number, zoom: number): readonly Band[] {
	const counts = Array.from(firstSlot.subarray(1), (end, load) => end - at(firstSlot, load));
	const heights = laneHeights(counts, height - counts.length * HEADING_HEIGHT);
	let top = 0;
	return counts.map((slots, load) => {
		const laneHeight = Math.min(at(heights, load) * zoom, TALLEST_LANE);
		const lanesTop = top + HEADING_HEIGHT;
		const band = { load, firstSlot: at(firstSlot, load), slots, top, lanesTop, laneHeight };
		top = lanesTop + slots * laneHeight;
		return { ...band, bottom: top };
	});
}

/** The zoom at which all lanes have their largest height. */
export function largestZoom(slots: Slots, height: number): number {
	return Math.max(1, ...bandsOf(slots, height, 1).map(({ laneHeight }) => TALLEST_LANE / laneHeight));
}

function laneHeights(counts: readonly number[], height: number): number[] {
	const shares = counts.map((count) => Math.sqrt(count));
	let left = Math.max(height, counts.length * 4);
	let sharesLeft = shares.reduce((sum, share) => sum + share, 0);
	const result = counts.map(() => COMFORTABLE_LANE);
	// Loads that need the least per lane first: the others share what these leave.
	const order = counts.map((_, i) => i).sort((a, b) => at(counts, a) - at(counts, b));
	for (const i of order) {
		const count = at(counts, i);
		if (count === 0) continue;
		const laneHeight = Math.min(COMFORTABLE_LANE, (left * at(shares, i)) / sharesLeft / count);
		result[i] = laneHeight;
		left -= laneHeight * count;
		sharesLeft -= at(shares, i);
	}
	return result;
}

/** The place of a slot. */
export function slotBox(bands: readonly Band[], slot: number): { readonly top: number; readonly height: number } {
	const band = bands.findLast(({ firstSlot, slots }) => slots > 0 && firstSlot <= slot);
	if (band === undefined) return { top: 0, height: 0 };
	return { top: band.lanesTop + (slot - band.firstSlot) * band.laneHeight, height: band.laneHeight };
}

/** The slots that touch the pixels from `top` to `bottom`. `to` is exclusive. */
export function slotsBetween(band: Band, top: number, bottom: number): { readonly from: number; readonly to: number } {
	const from = Math.floor((top - band.lanesTop) / band.laneHeight);
	const to = Math.ceil((bottom - band.lanesTop) / band.laneHeight);
	const inBand = (slot: number): number => band.firstSlot + Math.min(Math.max(slot, 0), band.slots);
	return { from: inBand(from), to: inBand(to) };
}
