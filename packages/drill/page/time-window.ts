/** A period, in milliseconds after the stop. */
export interface TimeWindow {
	readonly startMs: number;
	readonly endMs: number;
}

const SHORTEST_MS = 0.05;

/** Returns `all` with a margin, so that no event is at the edge. */
export function withMargin({ startMs, endMs }: TimeWindow): TimeWindow {
	const margin = Math.max(1, (endMs - startMs) * 0.02);
	return { startMs: startMs - margin, endMs: endMs + margin };
}

/** Returns the nearest window within `all`, with the length of `window` if that fits. */
export function within(window: TimeWindow, all: TimeWindow): TimeWindow {
	const length = Math.min(Math.max(window.endMs - window.startMs, SHORTEST_MS), all.endMs - all.startMs);
	const startMs = Math.min(Math.max(window.startMs, all.startMs), all.endMs - length);
	return { startMs, endMs: startMs + length };
}

/** Makes the window shorter (`factor` < 1) or longer around an instant, which keeps its place on the screen. */
export function zoomed(window: TimeWindow, factor: number, atMs: number, all: TimeWindow): TimeWindow {
	const length = window.endMs - window.startMs;
	const factorWithin = Math.min(Math.max(length * factor, SHORTEST_MS), all.endMs - all.startMs) / length;
	const startMs = atMs - (atMs - window.startMs) * factorWithin;
	return within({ startMs, endMs: startMs + length * factorWithin }, all);
}

/** Moves the window by a fraction of its length: 0.1 is a tenth later. */
export function panned(window: TimeWindow, part: number, all: TimeWindow): TimeWindow {
	const byMs = (window.endMs - window.startMs) * part;
	return within({ startMs: window.startMs + byMs, endMs: window.endMs + byMs }, all);
}

/** Moves the window, no more than needed, so that `fromMs` to `toMs` is well inside it. */
export function showing(window: TimeWindow, fromMs: number, toMs: number, all: TimeWindow): TimeWindow {
	const length = window.endMs - window.startMs;
	const margin = length * 0.1;
	if (fromMs >= window.startMs + margin && toMs <= window.endMs - margin) return window;
	const longer = Math.max(length, (toMs - fromMs) * 1.25);
	const startMs = (fromMs + toMs - longer) / 2;
	return within({ startMs, endMs: startMs + longer }, all);
}

/**
 * Returns the first window: from shortly before the stop until the target had exited, if the loads ran much longer before the
 * stop.
 */
export function aroundStop(lastMs: number, all: TimeWindow): TimeWindow {
	const afterMs = Math.max(lastMs, 5) * 1.12;
	return within({ startMs: -Math.max(afterMs * 0.35, 5), endMs: afterMs }, all);
}
