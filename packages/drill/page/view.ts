import { OUTCOMES } from "#src/record/outcome.js";
import { at } from "./at.ts";
import { type Band, comfortableHeight } from "./bands.ts";
import { LaneStack } from "./lane-stack.ts";
import type { Lanes } from "./lanes.ts";
import type { Layout } from "./layout.ts";
import type { Slots } from "./slots.ts";
import { TimeScale } from "./time-scale.ts";
import { aroundStop, panned, showing, type TimeWindow, within, withMargin, zoomed } from "./time-window.ts";

const TALLEST = Number.MAX_SAFE_INTEGER;

/** What the timeline shows of a round. Drawing reads it, and controls change it. */
export class View implements Layout {
	readonly lanes: Lanes;
	/** The largest window. */
	readonly all: TimeWindow;
	/** By outcome. */
	readonly shown: boolean[] = OUTCOMES.map(() => true);
	/** Called after each change. */
	readonly watchers: (() => void)[] = [];
	/** Called when the focus moves to another request. */
	readonly focusWatchers: (() => void)[] = [];
	window: TimeWindow;
	width = 1;
	/** The row of the request in focus. */
	focused: number | undefined;
	readonly #stack: LaneStack;
	readonly #lastMs: number;

	/** `lastMs` is the last event of the stop. */
	constructor(lanes: Lanes, lastMs: number) {
		this.lanes = lanes;
		this.all = withMargin(lanes);
		this.#lastMs = lastMs;
		this.window = aroundStop(lastMs, this.all);
		this.#stack = new LaneStack(lanes, this.window, this.shown);
	}

	get scale(): TimeScale {
		return new TimeScale(this.window, this.width);
	}

	get slots(): Slots {
		return this.#stack.slots;
	}

	get bands(): readonly Band[] {
		return this.#stack.bands;
	}

	/** The scroll position, in pixels of the bands. */
	get scrollTop(): number {
		return this.#stack.scrollTop;
	}

	/** The height at which all lanes have their largest size. */
	get comfortableHeight(): number {
		return comfortableHeight(this.lanes.loads.length, this.lanes.fromMs.length);
	}

	/** `height` is that of the lanes' area. */
	resize(width: number, height: number): void {
		this.width = width;
		this.#stack.resize(height);
		this.#changed();
	}

	show(window: TimeWindow): void {
		this.window = within(window, this.all);
		this.#stack.update(this.window, this.shown);
		this.#changed();
	}

	showAll(): void {
		this.#stack.zoom(0);
		this.show(this.all);
	}

	showStop(): void {
		this.#stack.zoom(0);
		this.show(aroundStop(this.#lastMs, this.all));
	}

	/** Shows less time (`factor` < 1) or more. `atMs` keeps its place; the default is the request in focus, or the middle. */
	zoomTime(factor: number, atMs: number = this.#middleMs): void {
		this.show(zoomed(this.window, factor, atMs, this.all));
	}

	panTime(part: number): void {
		this.show(panned(this.window, part, this.all));
	}

	/** Makes lanes taller (`factor` > 1) or flatter. The lane at `y`, a pixel of the area, keeps its place; see `zoomTime`. */
	zoomLanes(factor: number, y: number | undefined = this.#focusedY): void {
		this.#stack.zoom(factor, y);
		this.#changed();
	}

	scrollLanes(pixels: number): void {
		this.#stack.scroll(pixels);
		this.#changed();
	}

	toggle(outcome: number): void {
		this.shown[outcome] = !this.shown[outcome];
		this.show(this.window);
	}

	/** Puts a request in focus, and moves the view to show it. */
	focus(row: number | undefined): void {
		this.focused = row;
		if (row !== undefined) {
			const { lane, sentMs, endedMs } = this.lanes;
			this.show(showing(this.window, at(sentMs, row), at(endedMs, row), this.all));
			this.#stack.reveal(at(lane, row));
		}
		this.#changed();
		for (const watch of this.focusWatchers) watch();
	}

	/** Enlarges time and lanes around the request in focus. */
	enlargeFocused(): void {
		if (this.focused === undefined) return;
		const sentMs = at(this.lanes.sentMs, this.focused);
		const endedMs = at(this.lanes.endedMs, this.focused);
		const aroundMs = Math.max((endedMs - sentMs) * 2, 1);
		this.show({ startMs: sentMs - aroundMs, endMs: endedMs + aroundMs });
		this.#stack.zoom(TALLEST);
		this.focus(this.focused);
	}

	/** Focuses the next (`step` 1) or previous (−1) lost request whose outcome is shown. After the last comes the first. */
	focusLost(step: 1 | -1): void {
		const { lost, outcome } = this.lanes;
		const from = this.focused === undefined ? -1 : lost.indexOf(this.focused);
		let index = from < 0 && step < 0 ? lost.length : from;
		for (let tried = 0; tried < lost.length; tried++) {
			index = (index + step + lost.length) % lost.length;
			if (!this.shown[at(outcome, at(lost, index))]) continue;
			this.focus(at(lost, index));
			return;
		}
	}

	/** Focuses the request before or after the one in focus in its lane. */
	focusNeighbor(step: 1 | -1): void {
		const { lane } = this.lanes;
		if (this.focused === undefined) return;
		const row = this.focused + step;
		if (lane[row] === lane[this.focused]) this.focus(row);
	}

	get #middleMs(): number {
		const { startMs, endMs } = this.window;
		const row = this.focused;
		const focusedMs = row === undefined ? Number.NaN : (at(this.lanes.sentMs, row) + at(this.lanes.endedMs, row)) / 2;
		return focusedMs >= startMs && focusedMs <= endMs ? focusedMs : (startMs + endMs) / 2;
	}

	get #focusedY(): number | undefined {
		return this.focused === undefined ? undefined : this.#stack.visibleY(at(this.lanes.lane, this.focused));
	}

	#changed(): void {
		for (const watch of this.watchers) watch();
	}
}
