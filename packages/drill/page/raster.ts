import { at } from "./at.ts";
import { type Band, slotsBetween } from "./bands.ts";
import { firstRowEndingFrom } from "./lane-search.ts";
import type { Lanes } from "./lanes.ts";
import type { Layout } from "./layout.ts";
import { LOST_RANK, RANKS } from "./ranks.ts";
import type { TimeScale } from "./time-scale.ts";

/**
 * Pixels, one number each. A path or a rectangle for each of 100,000 requests would take 100 times as long as writing their
 * pixels here.
 */
export interface Raster {
	readonly pixels: Uint32Array;
	readonly width: number;
	readonly height: number;
}

/** The visible part of the lanes, and how to draw it. */
export interface LanePicture {
	/** In pixels of the raster. */
	readonly scale: TimeScale;
	/** The number of raster pixels for one pixel of the bands. */
	readonly ratio: number;
	/** The scroll position of the bands, in their pixels. */
	readonly scrollTop: number;
	/** By outcome. */
	readonly shown: readonly boolean[];
	/** By outcome. */
	readonly colors: readonly number[];
	/** For lanes with gaps, and for lanes without: there the color of the lines would be too strong. */
	readonly connectionColors: readonly [apart: number, packed: number];
}

/** The rows that were painted. */
export interface Painted {
	readonly requests: number;
	/** The rows with other outcomes than answered, lost ones last. */
	readonly notable: readonly number[];
}

/** Paints the visible connections and requests on the raster, the gravest on top. */
export function paintLanes(raster: Raster, layout: Layout, picture: LanePicture): Painted {
	const painter = new LanePainter(raster, layout.lanes, picture);
	const bottom = picture.scrollTop + raster.height / picture.ratio;
	for (const band of layout.bands) {
		const { from, to } = slotsBetween(band, picture.scrollTop, bottom);
		for (let slot = from; slot < to; slot++) painter.lane(at(layout.slots.lane, slot), slot, band);
	}
	return painter.finish();
}

class LanePainter {
	readonly #raster: Raster;
	readonly #lanes: Lanes;
	readonly #picture: LanePicture;
	readonly #startMs: number;
	readonly #pixelsPerMs: number;
	readonly #gap: number;
	/** Rows that are painted over all others, by rank. */
	readonly #later: { readonly row: number; readonly slot: number; readonly band: Band }[][] = [[], [], []];
	#requests = 0;

	constructor(raster: Raster, lanes: Lanes, picture: LanePicture) {
		this.#raster = raster;
		this.#lanes = lanes;
		this.#picture = picture;
		this.#startMs = picture.scale.window.startMs;
		this.#pixelsPerMs = picture.scale.pixelsPerMs;
		this.#gap = Math.round(picture.ratio);
	}

	lane(lane: number, slot: number, band: Band): void {
		this.#connection(lane, slot, band);
		const { scale, shown, colors } = this.#picture;
		const { outcome: outcomes, sentMs, endedMs, firstRow } = this.#lanes;
		const { endMs } = scale.window;
		const [top, bottom] = this.#edges(slot, band, 1);
		const end = at(firstRow, lane + 1);
		let paintedTo = -1;
		// Not at(): it is called with arrays of all types, which makes it several times slower than an access to one type.
		for (let row = firstRowEndingFrom(this.#lanes, lane, this.#startMs); row < end; row++) {
			const sent = sentMs[row] as number;
			if (sent > endMs) break;
			const outcome = outcomes[row] as number;
			if (!shown[outcome]) continue;
			this.#requests++;
			const rank = RANKS[outcome] as number;
			if (rank > 0) {
				this.#later[rank]?.push({ row, slot, band });
				continue;
			}
			const left = this.#left(sent);
			const right = this.#right(left, endedMs[row] as number, 1);
			// In a lane, a request that ends in the pixel of the one before adds nothing.
			if (right <= paintedTo) continue;
			this.#fill(Math.max(left, paintedTo), right, top, bottom, colors[outcome] as number);
			paintedTo = right;
		}
	}

	finish(): Painted {
		const least = Math.ceil(2 * this.#picture.ratio);
		const { sentMs, endedMs, outcome } = this.#lanes;
		for (const [rank, rows] of this.#later.entries())
			for (const { row, slot, band } of rows) {
				const size = rank === LOST_RANK ? least : 1;
				const [top, bottom] = this.#edges(slot, band, size);
				const color = at(this.#picture.colors, at(outcome, row));
				const left = this.#left(at(sentMs, row));
				this.#fill(left, this.#right(left, at(endedMs, row), size), top, bottom, color);
			}
		return { requests: this.#requests, notable: this.#later.flat().map(({ row }) => row) };
	}

	#connection(lane: number, slot: number, band: Band): void {
		const { scale, ratio, connectionColors } = this.#picture;
		const openedMs = this.#lanes.openedMs[lane] as number;
		const closedMs = this.#lanes.closedMs[lane] as number;
		if (!(closedMs >= this.#startMs && openedMs <= scale.window.endMs)) return;
		const [top, bottom] = this.#edges(slot, band, 1);
		const thin = Math.max(1, Math.round(ratio));
		const middle = Math.floor((top + bottom - thin) / 2);
		const color = connectionColors[band.laneHeight < 3 ? 1 : 0];
		const left = this.#left(openedMs);
		this.#fill(left, Math.ceil((closedMs - this.#startMs) * this.#pixelsPerMs), middle, middle + thin, color);
	}

	/** The first row of pixels of a lane's bars, and the first after them. */
	#edges(slot: number, band: Band, least: number): [number, number] {
		const { ratio, scrollTop } = this.#picture;
		const height = band.laneHeight * ratio;
		const top = (band.lanesTop - scrollTop + (slot - band.firstSlot) * band.laneHeight) * ratio;
		const gap = height < 3 ? 0 : Math.max(1, height * 0.2);
		const first = Math.floor(top + gap / 2);
		// Rounded once, so that all bars are equally thick.
		return [first, first + Math.max(least, Math.ceil(height - gap - 0.5))];
	}

	#left(ms: number): number {
		return Math.floor((ms - this.#startMs) * this.#pixelsPerMs);
	}

	#right(left: number, endedMs: number, least: number): number {
		const right = Math.ceil((endedMs - this.#startMs) * this.#pixelsPerMs);
		// If there is room, a gap separates a request from the next.
		return Math.max(left + least, right - left > 4 * this.#gap ? right - this.#gap : right);
	}

	#fill(left: number, right: number, top: number, bottom: number, color: number): void {
		const { pixels, width, height } = this.#raster;
		const from = Math.max(left, 0);
		const to = Math.min(right, width);
		const last = Math.min(bottom, height);
		for (let y = Math.max(top, 0); y < last; y++) {
			const end = y * width + to;
			// Calling fill() takes longer than writing a few pixels.
			if (to - from > 16) pixels.fill(color, y * width + from, end);
			else for (let pixel = y * width + from; pixel < end; pixel++) pixels[pixel] = color;
		}
	}
}
