import type { View } from "./view.ts";

/** What happens besides moving the view. Pixels count from the canvas' corner. */
export interface PointerUse {
	/** Pixels above the lanes. */
	readonly areaTop: number;
	/** The pointer moved, or left. */
	hover(x: number, y: number): void;
	leave(): void;
	/** A click without a drag. */
	choose(x: number, y: number): void;
}

const DRAG_AFTER = 4;

/** Moves and enlarges the view with a pointer: drag, wheel, two fingers. */
export function usePointer(canvas: HTMLCanvasElement, view: View, use: PointerUse, signal: AbortSignal): void {
	useWheel(canvas, view, use.areaTop, signal);
	const pressed = new Map<number, PointerEvent>();
	let dragged = 0;
	canvas.addEventListener(
		"pointerdown",
		(event) => {
			if (event.button !== 0) return;
			pressed.set(event.pointerId, event);
			dragged = 0;
		},
		{ signal },
	);
	canvas.addEventListener(
		"pointermove",
		(event) => {
			const before = pressed.get(event.pointerId);
			if (!before) return use.hover(event.offsetX, event.offsetY);
			dragged += Math.abs(event.clientX - before.clientX) + Math.abs(event.clientY - before.clientY);
			if (dragged < DRAG_AFTER) return;
			canvas.setPointerCapture(event.pointerId);
			use.leave();
			const other = [...pressed].find(([id]) => id !== event.pointerId)?.[1];
			if (other) pinch(view, before, event, other);
			else drag(view, before, event);
			pressed.set(event.pointerId, event);
		},
		{ signal },
	);
	const release = (event: PointerEvent): void => {
		if (pressed.delete(event.pointerId) && event.type === "pointerup" && dragged < DRAG_AFTER)
			use.choose(event.offsetX, event.offsetY);
	};
	for (const type of ["pointerup", "pointercancel"] as const) canvas.addEventListener(type, release, { signal });
	canvas.addEventListener("pointerleave", () => use.leave(), { signal });
}

function drag(view: View, before: PointerEvent, event: PointerEvent): void {
	view.panTime((before.clientX - event.clientX) / view.width);
	view.scrollLanes(before.clientY - event.clientY);
}

function pinch(view: View, before: PointerEvent, event: PointerEvent, other: PointerEvent): void {
	const apartBefore = Math.max(10, Math.abs(before.clientX - other.clientX));
	const apart = Math.max(10, Math.abs(event.clientX - other.clientX));
	view.zoomTime(apartBefore / apart, view.scale.ms((event.offsetX + other.offsetX) / 2));
}

function useWheel(canvas: HTMLCanvasElement, view: View, areaTop: number, signal: AbortSignal): void {
	// A wheel gesture that began on the page goes on scrolling the page when it reaches the timeline.
	let passing = false;
	addEventListener(
		"scroll",
		() => {
			passing = true;
		},
		{ signal, passive: true },
	);
	canvas.addEventListener(
		"pointermove",
		() => {
			passing = false;
		},
		{ signal },
	);
	canvas.addEventListener(
		"wheel",
		(event) => {
			if (passing) return;
			event.preventDefault();
			const pixels = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : 16;
			const x = event.deltaX * pixels;
			const y = event.deltaY * pixels;
			const factor = Math.exp(Math.min(Math.max(y, -200), 200) / 400);
			if (event.altKey) view.zoomLanes(1 / factor, event.offsetY - areaTop);
			else if (event.shiftKey) view.scrollLanes(y || x);
			else if (Math.abs(x) > Math.abs(y)) view.panTime(x / view.width);
			else view.zoomTime(factor, view.scale.ms(event.offsetX));
		},
		{ signal, passive: false },
	);
}
