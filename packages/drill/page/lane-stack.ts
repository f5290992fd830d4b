import { at } from "./at.ts";
import { type Band, bandsOf, largestZoom, slotBox } from "./bands.ts";
import type { Lanes } from "./lanes.ts";
import type { Layout } from "./layout.ts";
import { type Slots, slotsOf } from "./slots.ts";
import type { TimeWindow } from "./time-window.ts";

const EDGE = 30;

/** The lanes of a window from top to bottom, with their zoom and scroll position. */
export class LaneStack implements Layout {
	readonly lanes: Lanes;
	slots: Slots;
	bands: readonly Band[] = [];
	/** The scroll position in pixels. */
	scrollTop = 0;
	#height = 1;
	/** Enlarges lanes from the size at which all fit. */
	#zoom = 1;

	constructor(lanes: Lanes, window: TimeWindow, shown: readonly boolean[]) {
		this.lanes = lanes;
		this.slots = slotsOf(lanes, window, shown);
	}

	/** Omits the lanes that have nothing in the window. Keeps the lane in the middle in its place. */
	update(window: TimeWindow, shown: readonly boolean[]): void {
		const middle = this.scrollTop + this.#height / 2;
		const band = this.#bandAt(middle);
		const slot = band ? (middle - band.lanesTop) / band.laneHeight + band.firstSlot : 0;
		const lane = this.slots.lane[Math.floor(slot)];
		this.slots = slotsOf(this.lanes, window, shown);
		this.bands = bandsOf(this.slots, this.#height, this.#zoom);
		if (lane === undefined) this.scroll(0);
		else this.scrollTo(slotBox(this.bands, at(this.slots.slotOf, lane) + (slot % 1)).top - this.#height / 2);
	}

	resize(height: number): void {
		this.#height = height;
		this.bands = bandsOf(this.slots, height, this.#zoom);
		this.scroll(0);
	}

	scroll(pixels: number): void {
		this.scrollTo(this.scrollTop + pixels);
	}

	scrollTo(top: number): void {
		const bottom = this.bands.at(-1)?.bottom ?? 0;
		this.scrollTop = Math.max(0, Math.min(top, bottom - this.#height));
	}

	/** Makes lanes taller (`factor` > 1) or flatter. The lane at `y`, from the top of the visible area, keeps its place. */
	zoom(factor: number, y: number = this.#height / 2): void {
		const band = this.#bandAt(y + this.scrollTop);
		const slots = band ? (y + this.scrollTop - band.lanesTop) / band.laneHeight : 0;
		this.#zoom = Math.min(Math.max(this.#zoom * factor, 1), largestZoom(this.slots, this.#height));
		this.bands = bandsOf(this.slots, this.#height, this.#zoom);
		const after = band && this.bands[band.load];
		this.scrollTo(after ? after.lanesTop + slots * after.laneHeight - y : 0);
	}

	/** Scrolls a lane to the middle, unless it is well inside the visible area. */
	reveal(lane: number): void {
		const { top } = slotBox(this.bands, at(this.slots.slotOf, lane));
		if (top < this.scrollTop + EDGE || top > this.scrollTop + this.#height - EDGE)
			this.scrollTo(top - this.#height / 2);
	}

	/** The place of a lane, if it is visible. */
	visibleY(lane: number): number | undefined {
		const slot = at(this.slots.slotOf, lane);
		if (this.slots.lane[slot] !== lane) return undefined;
		const { top, height } = slotBox(this.bands, slot);
		const y = top + height / 2 - this.scrollTop;
		return y >= 0 && y <= this.#height ? y : undefined;
	}

	#bandAt(y: number): Band | undefined {
		return this.bands.findLast(({ top, slots }) => slots > 0 && top <= y);
	}
}
