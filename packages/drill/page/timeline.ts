import type { RoundReport } from "#src/record/drill-report.js";
import { axisHeight } from "./axis.ts";
import { detailsPanel, Tooltip } from "./details.ts";
import { element } from "./element.ts";
import { onceAFrame } from "./frame.ts";
import { helpDialog } from "./help.ts";
import { drawHighlight } from "./highlight.ts";
import { hitTest } from "./hit-test.ts";
import { useKeyboard } from "./keyboard.ts";
import { LaneCanvas } from "./lane-canvas.ts";
import { legend } from "./legend.ts";
import type { LostReasons } from "./lost-reasons.ts";
import { countText } from "./number-text.ts";
import { Overview } from "./overview.ts";
import { type Palette, readPalette } from "./palette.ts";
import { usePointer } from "./pointer.ts";
import { timeMarksOf } from "./time-marks.ts";
import { toolbar } from "./toolbar.ts";
import type { View } from "./view.ts";

/** The timeline of one round. It listens to events of the whole page until `signal` aborts. */
export class Timeline {
	readonly section: HTMLElement;
	readonly #view: View;
	readonly #overviewCanvas = element("canvas", { class: "overview", "aria-hidden": "true" });
	readonly #laneCanvas = element("canvas", {
		class: "lanes",
		tabindex: "0",
		role: "application",
		"aria-label": "Timeline of every request. n and p walk the lost ones; the question mark lists the keys.",
	});
	readonly #highlightCanvas = element("canvas", { class: "highlight", "aria-hidden": "true" });
	readonly #inView = element("p", { class: "in-view" });
	readonly #tooltip: Tooltip;
	readonly #areaTop: number;
	readonly #lanes: LaneCanvas;
	readonly #overview: Overview;
	#palette: Palette = readPalette();
	#hovered: number | undefined;

	constructor(view: View, round: RoundReport, reasons: LostReasons, signal: AbortSignal) {
		const marks = timeMarksOf(round);
		this.#view = view;
		this.#areaTop = axisHeight(marks);
		this.#tooltip = new Tooltip(view, reasons);
		this.#lanes = new LaneCanvas(this.#laneCanvas, view, marks, this.#palette);
		this.#overview = new Overview(this.#overviewCanvas, view, signal);
		const help = helpDialog();
		const openHelp = (): void => help.showModal();
		const stage = element("div", { class: "stage" }, this.#laneCanvas, this.#highlightCanvas, this.#tooltip.box);
		stage.style.height = `${this.#areaTop + Math.max(view.comfortableHeight, 60)}px`;
		this.section = element(
			"section",
			{ class: "timeline", "aria-labelledby": "timeline-title" },
			element("h2", { id: "timeline-title" }, "Timeline"),
			element("div", { class: "bar" }, legend(view), toolbar(view, openHelp)),
			this.#overviewCanvas,
			stage,
			this.#inView,
			detailsPanel(view, reasons),
			help,
		);
		useKeyboard(this.section, this.#laneCanvas, view, openHelp, signal);
		this.#usePointer(signal);
		this.#redraw(stage, signal);
	}

	#usePointer(signal: AbortSignal): void {
		const view = this.#view;
		const hit = (x: number, y: number): number | undefined =>
			y < this.#areaTop
				? undefined
				: hitTest(view, view.scale, { x, y: y - this.#areaTop + view.scrollTop }, view.shown);
		const hover = (row: number | undefined, x: number, y: number): void => {
			this.#tooltip.show(row, x, y);
			if (row === this.#hovered) return;
			this.#hovered = row;
			this.#highlight();
		};
		usePointer(
			this.#laneCanvas,
			view,
			{
				areaTop: this.#areaTop,
				hover: (x, y) => hover(hit(x, y), x, y),
				leave: () => hover(undefined, 0, 0),
				choose: (x, y) => view.focus(hit(x, y)),
			},
			signal,
		);
	}

	readonly #highlight = onceAFrame(() => this.#drawHighlight());

	#drawHighlight(): void {
		drawHighlight(this.#highlightCanvas, this.#view, this.#hovered, this.#palette, this.#areaTop);
	}

	#draw(): void {
		const requests = this.#lanes.draw();
		this.#overview.draw(this.#palette);
		this.#drawHighlight();
		const all = this.#view.lanes.outcome.length;
		this.#inView.textContent = `${countText(requests)} of ${countText(all)} requests in view. Time is counted from the stop.`;
	}

	/** Draws after each change of the view, the size, the resolution or the color scheme, and before printing. */
	#redraw(stage: HTMLElement, signal: AbortSignal): void {
		const draw = onceAFrame(() => this.#draw());
		const recolor = (): void => {
			this.#palette = readPalette();
			this.#lanes.palette = this.#palette;
			this.#draw();
		};
		this.#view.watchers.push(draw);
		const resized = new ResizeObserver(() => this.#view.resize(stage.clientWidth, stage.clientHeight - this.#areaTop));
		resized.observe(stage);
		signal.addEventListener("abort", () => resized.disconnect());
		matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolor, { signal });
		const printed = (scheme: string) => () => {
			document.documentElement.style.colorScheme = scheme;
			recolor();
		};
		addEventListener("beforeprint", printed("light"), { signal });
		addEventListener("afterprint", printed(""), { signal });
	}
}
