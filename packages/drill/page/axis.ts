import { tickText } from "./number-text.ts";
import type { Palette } from "./palette.ts";
import type { Surface } from "./surface.ts";
import type { TimeMark } from "./time-marks.ts";
import type { TimeScale } from "./time-scale.ts";

const LABEL_HEIGHT = 17;
const TICKS_HEIGHT = 20;
const TICKS_APART = 90;

/** The height of the marks and ticks above the lanes. */
export function axisHeight(marks: readonly TimeMark[]): number {
	return Math.min(marks.length, 5) * LABEL_HEIGHT + TICKS_HEIGHT + 4;
}

/** Draws the lines of the axis' ticks, below what is drawn already. */
export function drawGrid({ context, height }: Surface, scale: TimeScale, palette: Palette, top: number): void {
	context.globalCompositeOperation = "destination-over";
	context.fillStyle = palette.rule;
	for (const ms of scale.ticks(TICKS_APART).atMs) context.fillRect(Math.round(scale.x(ms)), top, 1, height - top);
	context.globalCompositeOperation = "source-over";
}

/** Draws the ticks' labels and, across all lanes, the events of the target. */
export function drawAxis(surface: Surface, scale: TimeScale, marks: readonly TimeMark[], palette: Palette): void {
	const { context } = surface;
	const top = axisHeight(marks);
	context.textBaseline = "middle";
	drawMarks(surface, scale, marks, palette);
	drawTicks(surface, scale, palette, top);
}

/** Draws the labels on the lines of the marks. */
function drawTicks({ context, width }: Surface, scale: TimeScale, palette: Palette, top: number): void {
	const middle = top - TICKS_HEIGHT / 2 - 2;
	context.font = `11px ${palette.font}`;
	context.textAlign = "center";
	const { stepMs, atMs } = scale.ticks(TICKS_APART);
	for (const ms of atMs) {
		const x = scale.x(ms);
		const text = tickText(ms, stepMs);
		const length = context.measureText(text).width;
		if (x < length / 2 || x > width - length / 2) continue;
		context.fillStyle = palette.surface;
		context.fillRect(x - length / 2 - 3, middle - 8, length + 6, 16);
		context.fillStyle = palette.muted;
		context.fillText(text, x, middle);
	}
	context.fillStyle = palette.rule;
	context.fillRect(0, top - 1, width, 1);
}

function drawMarks(surface: Surface, scale: TimeScale, marks: readonly TimeMark[], palette: Palette): void {
	const { context, width } = surface;
	context.textAlign = "left";
	/** The end of the last label of each row. */
	const rowEnds = marks.slice(0, 5).map(() => Number.NEGATIVE_INFINITY);
	const labels: (() => void)[] = [];
	for (const { atMs, text } of marks) {
		const x = Math.round(scale.x(atMs));
		if (x < 0 || x > width) continue;
		const font = `${atMs === 0 ? "600 " : ""}12px ${palette.font}`;
		context.font = font;
		const length = context.measureText(text).width;
		const left = x + 6 + length > width ? x - 6 - length : x + 6;
		const row = rowEnds.findIndex((end) => end + 10 < Math.min(left, x));
		const top = Math.max(row, 0) * LABEL_HEIGHT + 2;
		drawMarkLine(surface, x, row < 0 ? axisHeight(marks) : top, atMs === 0, palette);
		if (row < 0) continue;
		rowEnds[row] = left + length;
		labels.push(() => {
			context.fillStyle = palette.surface;
			context.fillRect(left - 2, top, length + 4, LABEL_HEIGHT - 1);
			context.fillStyle = palette.text;
			context.font = font;
			context.fillText(text, left, top + LABEL_HEIGHT / 2);
		});
	}
	// After all lines, so that no line crosses a label.
	for (const draw of labels) draw();
}

function drawMarkLine({ context, height }: Surface, x: number, top: number, isStop: boolean, palette: Palette): void {
	context.strokeStyle = isStop ? palette.text : palette.muted;
	context.setLineDash(isStop ? [] : [4, 3]);
	context.lineWidth = isStop ? 2 : 1;
	context.beginPath();
	context.moveTo(x + (isStop ? 0 : 0.5), top);
	context.lineTo(x + (isStop ? 0 : 0.5), height);
	context.stroke();
	context.setLineDash([]);
}
