import { CONNECTION_ENDS } from "#src/record/connection-end.js";
import { at } from "./at.ts";
import { axisHeight, drawAxis, drawGrid } from "./axis.ts";
import { slotsBetween } from "./bands.ts";
import { drawHeadings } from "./headings.ts";
import { MarkerStamps } from "./marker-stamps.ts";
import { markersOf } from "./markers.ts";
import type { Palette } from "./palette.ts";
import { type Painted, paintLanes } from "./raster.ts";
import { drawScrollStrip } from "./scroll-strip.ts";
import { type Surface, surfaceOf } from "./surface.ts";
import type { TimeMark } from "./time-marks.ts";
import { TimeScale } from "./time-scale.ts";
import type { View } from "./view.ts";

const TALL_LANE = 6;

/** Draws the lanes of a view, with their axis. */
export class LaneCanvas {
	readonly #canvas: HTMLCanvasElement;
	readonly #view: View;
	readonly #marks: readonly TimeMark[];
	#palette: Palette;
	#stamps: MarkerStamps | undefined;
	#image: ImageData | undefined;
	#pixels = new Uint32Array(0);

	constructor(canvas: HTMLCanvasElement, view: View, marks: readonly TimeMark[], palette: Palette) {
		this.#canvas = canvas;
		this.#view = view;
		this.#marks = marks;
		this.#palette = palette;
	}

	set palette(palette: Palette) {
		this.#palette = palette;
		this.#stamps = undefined;
	}

	/** Draws, and returns the number of requests in view. */
	draw(): number {
		const view = this.#view;
		const surface = surfaceOf(this.#canvas);
		const areaTop = axisHeight(this.#marks);
		const { requests, notable } = this.#drawBars(surface, areaTop);
		drawGrid(surface, view.scale, this.#palette, areaTop);
		this.#drawConnectionEnds(surface, areaTop);
		drawAxis(surface, view.scale, this.#marks, this.#palette);
		this.#stamps ??= new MarkerStamps(this.#palette, surface.ratio);
		surface.context.save();
		surface.context.beginPath();
		surface.context.rect(0, areaTop, surface.width, surface.height - areaTop);
		surface.context.clip();
		this.#stamps.draw(surface, markersOf(view, notable, view.scale), areaTop - view.scrollTop);
		surface.context.restore();
		drawHeadings(surface, view, this.#palette, areaTop);
		drawScrollStrip(surface, view, this.#palette, areaTop);
		return requests;
	}

	#drawBars({ context, width, ratio }: Surface, areaTop: number): Painted {
		const view = this.#view;
		const wide = this.#canvas.width;
		const top = Math.round(areaTop * ratio);
		const high = Math.max(1, this.#canvas.height - top);
		if (this.#image?.width !== wide || this.#image.height !== high) {
			this.#image = new ImageData(wide, high);
			this.#pixels = new Uint32Array(this.#image.data.buffer);
		}
		this.#pixels.fill(0);
		const painted = paintLanes({ pixels: this.#pixels, width: wide, height: high }, view, {
			scale: new TimeScale(view.window, width * ratio),
			ratio,
			scrollTop: view.scrollTop,
			shown: view.shown,
			colors: this.#palette.pixels,
			connectionColors: this.#palette.connections,
		});
		context.putImageData(this.#image, 0, top);
		return painted;
	}

	/** If lanes are tall enough: a bar is a FIN by the server, a hollow bar a FIN by the client, a cross a reset. */
	#drawConnectionEnds({ context, height }: Surface, areaTop: number): void {
		const { lanes, slots, bands, scale, scrollTop } = this.#view;
		context.strokeStyle = this.#palette.muted;
		context.lineWidth = 1.5;
		context.beginPath();
		for (const band of bands) {
			if (band.laneHeight < TALL_LANE) continue;
			const { from, to } = slotsBetween(band, scrollTop, scrollTop + height - areaTop);
			const half = Math.min(band.laneHeight * 0.4, 5);
			for (let slot = from; slot < to; slot++) {
				const lane = at(slots.lane, slot);
				const x = scale.x(at(lanes.closedMs, lane)) + 3;
				if (!(x > 0 && x < scale.width)) continue;
				const y = areaTop - scrollTop + band.lanesTop + (slot - band.firstSlot + 0.5) * band.laneHeight;
				addConnectionEnd(context, x, y, half, CONNECTION_ENDS[at(lanes.how, lane)]);
			}
		}
		context.stroke();
	}
}

function addConnectionEnd(context: CanvasRenderingContext2D, x: number, y: number, half: number, how?: string): void {
	if (how === "by-client") {
		context.rect(x - 1.5, y - half, 3, half * 2);
	} else if (how === "by-server") {
		context.moveTo(x, y - half);
		context.lineTo(x, y + half);
	} else {
		const reach = Math.min(half, 3);
		context.moveTo(x - reach, y - reach);
		context.lineTo(x + reach, y + reach);
		context.moveTo(x - reach, y + reach);
		context.lineTo(x + reach, y - reach);
	}
}
