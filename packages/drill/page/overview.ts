import { at } from "./at.ts";
import { type Density, densityOf } from "./density.ts";
import type { Palette } from "./palette.ts";
import { surfaceOf } from "./surface.ts";
import { TimeScale } from "./time-scale.ts";
import type { View } from "./view.ts";

const LOST_HEIGHT = 10;

/** The strip of the whole time: the requests in flight, the columns with lost requests, and the window. */
export class Overview {
	readonly #canvas: HTMLCanvasElement;
	readonly #view: View;
	#density: Density | undefined;
	#counted = "";

	constructor(canvas: HTMLCanvasElement, view: View, signal: AbortSignal) {
		this.#canvas = canvas;
		this.#view = view;
		let grabbedMs = 0;
		let moves = false;
		canvas.addEventListener(
			"pointerdown",
			(event) => {
				canvas.setPointerCapture(event.pointerId);
				grabbedMs = this.#scale.ms(event.offsetX);
				moves = grabbedMs >= view.window.startMs && grabbedMs <= view.window.endMs && !this.#showsAll;
				if (!moves) this.#centre(grabbedMs);
			},
			{ signal },
		);
		canvas.addEventListener(
			"pointermove",
			(event) => {
				if (!canvas.hasPointerCapture(event.pointerId)) return;
				const ms = this.#scale.ms(event.offsetX);
				const { startMs, endMs } = view.window;
				if (!moves) view.show({ startMs: Math.min(ms, grabbedMs), endMs: Math.max(ms, grabbedMs) });
				else view.show({ startMs: startMs + ms - grabbedMs, endMs: endMs + ms - grabbedMs });
				if (moves) grabbedMs = ms;
			},
			{ signal },
		);
	}

	draw(palette: Palette): void {
		const { context, width, height } = surfaceOf(this.#canvas);
		const { all, lost, most } = this.#count();
		const { window } = this.#view;
		const scale = this.#scale;
		const high = height - LOST_HEIGHT - 2;
		const left = scale.x(window.startMs);
		const right = Math.max(scale.x(window.endMs), left + 3);
		context.fillStyle = palette.outcomes[0] ?? "";
		// The square root keeps one request visible among thousands.
		for (let x = 0; x < all.length; x++) {
			const tall = Math.sqrt(at(all, x) / Math.max(1, most)) * high;
			context.fillRect(x, high - tall, 1, tall);
		}
		context.fillStyle = palette.text;
		context.fillRect(Math.round(scale.x(0)), 0, 2, height);
		context.globalAlpha = 0.65;
		context.fillStyle = palette.raised;
		context.fillRect(0, 0, left, high);
		context.fillRect(right, 0, width - right, high);
		context.globalAlpha = 1;
		context.fillStyle = palette.outcomes[3] ?? "";
		for (let x = 0; x < lost.length; x++) if (at(lost, x) > 0) context.fillRect(x - 1, high + 2, 3, LOST_HEIGHT);
		context.strokeStyle = palette.accent;
		context.lineWidth = 2;
		context.strokeRect(left + 1, 1, Math.max(1, right - left - 2), high - 1);
	}

	get #scale(): TimeScale {
		return new TimeScale(this.#view.all, this.#canvas.clientWidth);
	}

	get #showsAll(): boolean {
		const { all, window } = this.#view;
		return window.endMs - window.startMs >= (all.endMs - all.startMs) * 0.99;
	}

	#centre(ms: number): void {
		if (this.#showsAll) return;
		const half = (this.#view.window.endMs - this.#view.window.startMs) / 2;
		this.#view.show({ startMs: ms - half, endMs: ms + half });
	}

	/** Counts again only if the width or the shown outcomes have changed. */
	#count(): Density {
		const key = `${this.#canvas.clientWidth} ${this.#view.shown}`;
		if (this.#density === undefined || key !== this.#counted) {
			this.#density = densityOf(this.#view.lanes, this.#scale, this.#view.shown);
			this.#counted = key;
		}
		return this.#density;
	}
}
