import type { TimeWindow } from "./time-window.ts";

/** Maps the milliseconds of `window` to the pixels of `width`. */
export class TimeScale {
	readonly window: TimeWindow;
	readonly width: number;
	readonly pixelsPerMs: number;

	constructor(window: TimeWindow, width: number) {
		this.window = window;
		this.width = width;
		this.pixelsPerMs = width / (window.endMs - window.startMs);
	}

	x(ms: number): number {
		return (ms - this.window.startMs) * this.pixelsPerMs;
	}

	ms(x: number): number {
		return this.window.startMs + x / this.pixelsPerMs;
	}

	/** Returns round instants (steps of 1, 2 or 5) that are at least `apart` pixels apart. */
	ticks(apart: number): { readonly stepMs: number; readonly atMs: readonly number[] } {
		const leastMs = apart / this.pixelsPerMs;
		const power = 10 ** Math.floor(Math.log10(leastMs));
		const stepMs = power * ([1, 2, 5].find((step) => step * power >= leastMs) ?? 10);
		const first = Math.ceil(this.window.startMs / stepMs);
		const last = Math.floor(this.window.endMs / stepMs);
		return { stepMs, atMs: Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * stepMs) };
	}
}
