import { at } from "./at.ts";
import { slotBox } from "./bands.ts";
import type { Palette } from "./palette.ts";
import type { Surface } from "./surface.ts";
import type { View } from "./view.ts";

const WIDTH = 10;
const LEAST_THUMB = 12;

/** If not all lanes are visible, draws at the right edge which part is visible, and where the lost requests are. */
export function drawScrollStrip(
	{ context, width, height }: Surface,
	view: View,
	palette: Palette,
	areaTop: number,
): void {
	const all = view.bands.at(-1)?.bottom ?? 0;
	const seen = height - areaTop;
	if (all <= seen) return;
	const left = width - WIDTH;
	context.fillStyle = palette.raised;
	context.fillRect(left, areaTop, WIDTH, seen);
	context.fillStyle = palette.muted;
	context.globalAlpha = 0.4;
	const thumb = Math.max((seen / all) * seen, LEAST_THUMB);
	context.fillRect(left, areaTop + (view.scrollTop / (all - seen)) * (seen - thumb), WIDTH, thumb);
	context.globalAlpha = 1;
	const { lanes, slots, bands, shown, window } = view;
	for (const row of lanes.lost) {
		const outcome = at(lanes.outcome, row);
		const slot = at(slots.slotOf, at(lanes.lane, row));
		const isSeen = at(lanes.sentMs, row) <= window.endMs && at(lanes.endedMs, row) >= window.startMs;
		if (!isSeen || !shown[outcome]) continue;
		context.fillStyle = palette.outcomes[outcome] ?? "";
		context.fillRect(left + 1, areaTop + (slotBox(bands, slot).top / all) * seen, WIDTH - 2, 2);
	}
}
