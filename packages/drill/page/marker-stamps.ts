import { OUTCOMES } from "#src/record/outcome.js";
import type { Marker } from "./markers.ts";
import type { Palette } from "./palette.ts";
import { SHAPES } from "./shapes.ts";
import type { Surface } from "./surface.ts";

const SIZE = 16;

/** Draws markers from prepared images: filling thousands of paths would take longer than a frame. */
export class MarkerStamps {
	readonly #stamps: readonly HTMLCanvasElement[];

	constructor(palette: Palette, ratio: number) {
		this.#stamps = OUTCOMES.map((outcome, i) => {
			const stamp = document.createElement("canvas");
			stamp.width = stamp.height = SIZE * ratio;
			const context = stamp.getContext("2d");
			context?.setTransform(ratio, 0, 0, ratio, (SIZE / 2) * ratio, (SIZE / 2) * ratio);
			drawShape(context, SHAPES[outcome], palette.outcomes[i] ?? "", palette.surface);
			return stamp;
		});
	}

	draw({ context }: Surface, markers: readonly Marker[], areaTop: number): void {
		for (const { x, y, outcome } of markers) {
			const stamp = this.#stamps[outcome];
			if (stamp) context.drawImage(stamp, x - SIZE / 2, areaTop + y - SIZE / 2, SIZE, SIZE);
		}
	}
}

/** Draws a halo that separates the marker from the bars around it. */
function drawShape(context: CanvasRenderingContext2D | null, shape: string, color: string, halo: string): void {
	if (!context) return;
	const path = new Path2D(shape);
	context.strokeStyle = halo;
	context.lineWidth = 2.5;
	context.lineJoin = "round";
	context.stroke(path);
	context.fillStyle = color;
	context.fill(path, "evenodd");
}
