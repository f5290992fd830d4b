/** A canvas and its size in CSS pixels. `ratio` is the number of canvas pixels for one of them. */
export interface Surface {
	readonly context: CanvasRenderingContext2D;
	readonly width: number;
	readonly height: number;
	readonly ratio: number;
}

/** Clears a canvas and gives it the resolution of the screen, with CSS pixels as the unit. */
export function surfaceOf(canvas: HTMLCanvasElement): Surface {
	const ratio = devicePixelRatio;
	const { clientWidth: width, clientHeight: height } = canvas;
	const wide = Math.max(1, Math.round(width * ratio));
	const high = Math.max(1, Math.round(height * ratio));
	if (canvas.width !== wide || canvas.height !== high) {
		canvas.width = wide;
		canvas.height = high;
	}
	const context = canvas.getContext("2d");
	if (!context) throw new Error("This browser has no canvas.");
	context.setTransform(1, 0, 0, 1, 0, 0);
	context.clearRect(0, 0, wide, high);
	context.setTransform(ratio, 0, 0, ratio, 0, 0);
	return { context, width, height, ratio };
}
