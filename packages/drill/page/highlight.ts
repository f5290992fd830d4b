import { at } from "./at.ts";
import { slotBox } from "./bands.ts";
import type { Palette } from "./palette.ts";
import { surfaceOf } from "./surface.ts";
import type { View } from "./view.ts";

/**
 * Draws frames around the request in focus and the request under the pointer. It has its own canvas, because the pointer moves
 * far more often than the lanes change.
 */
export function drawHighlight(
	canvas: HTMLCanvasElement,
	view: View,
	hovered: number | undefined,
	palette: Palette,
	areaTop: number,
): void {
	const { context, width, height } = surfaceOf(canvas);
	context.beginPath();
	context.rect(0, areaTop, width, height - areaTop);
	context.clip();
	for (const [row, isFocus] of [
		[hovered, false],
		[view.focused, true],
	] as const) {
		if (row === undefined) continue;
		const { top, height: laneHeight } = slotBox(view.bands, at(view.slots.slotOf, at(view.lanes.lane, row)));
		const y = areaTop - view.scrollTop + top + laneHeight / 2;
		const left = view.scale.x(at(view.lanes.sentMs, row));
		const right = view.scale.x(at(view.lanes.endedMs, row));
		const half = Math.max(laneHeight / 2, 5) + 3;
		context.strokeStyle = isFocus ? palette.accent : palette.text;
		context.lineWidth = isFocus ? 2 : 1;
		if (isFocus) {
			context.globalAlpha = 0.35;
			context.strokeRect(-5, y, width + 10, 0);
			context.strokeRect((left + right) / 2, -5, 0, height + 10);
			context.globalAlpha = 1;
		}
		context.strokeRect(left - 5, y - half, Math.max(right - left, 2) + 10, half * 2);
	}
}
