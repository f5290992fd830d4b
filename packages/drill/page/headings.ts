import { at } from "./at.ts";
import { type Band, HEADING_HEIGHT } from "./bands.ts";
import type { Layout } from "./layout.ts";
import { countOf, countText } from "./number-text.ts";
import type { Palette } from "./palette.ts";
import type { Surface } from "./surface.ts";
import type { View } from "./view.ts";

/** Draws the name of each load above its lanes. The name stays at the top while its lanes scroll. */
export function drawHeadings({ context, width, height }: Surface, view: View, palette: Palette, areaTop: number): void {
	context.save();
	context.beginPath();
	context.rect(0, areaTop, width, height - areaTop);
	context.clip();
	context.textBaseline = "middle";
	context.textAlign = "left";
	for (const band of view.bands) {
		const { load, top, bottom } = band;
		const y = areaTop + Math.min(Math.max(top - view.scrollTop, 0), bottom - view.scrollTop - HEADING_HEIGHT);
		if (y < areaTop - HEADING_HEIGHT || y > height) continue;
		context.fillStyle = palette.raised;
		context.fillRect(0, y, width, HEADING_HEIGHT - 1);
		context.fillStyle = palette.text;
		context.font = `600 12px ${palette.font}`;
		const name = view.lanes.loads[load] ?? "";
		context.fillText(name, 8, y + HEADING_HEIGHT / 2);
		const after = 8 + context.measureText(`${name}  `).width;
		context.fillStyle = palette.muted;
		context.font = `12px ${palette.font}`;
		context.fillText(connectionsText(view, band), after, y + HEADING_HEIGHT / 2);
	}
	context.restore();
}

/** Describes how many connections a load has, and how many of them have a lane in the window. */
function connectionsText({ lanes, slots }: Layout, { load, firstSlot, slots: count }: Band): string {
	const isOpened = (lane: number): boolean => !Number.isNaN(lanes.openedMs[lane] as number);
	let here = 0;
	for (let slot = firstSlot; slot < firstSlot + count; slot++) if (isOpened(slots.lane[slot] as number)) here++;
	let all = 0;
	for (let lane = at(lanes.firstLane, load); lane < at(lanes.firstLane, load + 1); lane++) if (isOpened(lane)) all++;
	return here === all ? countOf(all, "connection") : `${countText(here)} of ${countOf(all, "connection")} at this time`;
}
