import type { InFlight } from "../core/drainable.ts";
import { printable } from "../core/printable.ts";
import type { Snapshot } from "../core/snapshot.ts";
import { duration } from "./event-text.ts";

/** How many are named, if the terminal is high enough; the others are counted. */
const NAMED = 8;

/** The rows for the log above, and for lines that are not names. */
const OTHER_ROWS = 4;

/**
 * Returns the block below the log that shows what a shutdown is waiting for: the phase and the time left, then what is in flight. Each
 * line is narrower than the terminal, so that none wraps.
 */
export function renderBlock(snapshot: Snapshot, { columns, rows }: { columns: number; rows: number }): string[] {
	const { phase, leftMs = 0, reason, inFlight } = snapshot;
	const isAgain = reason?.kind === "signal" && reason.signal === "SIGINT";
	const hint = isAgain ? "Ctrl+C again to stop now" : "Ctrl+C to stop now";
	const named = inFlight.slice(0, Math.max(1, Math.min(NAMED, rows - OTHER_ROWS)));
	const more = inFlight.length - named.length;
	const width = columns - 1;
	return [
		fitTitle([phase.replace("-", " "), `${duration(leftMs)} left`, `${inFlight.length} in flight`], hint, width),
		...renderLines(named, width),
		...(more > 0 ? [cut(`  and ${more} more`, width)] : []),
	];
}

/** Returns the title with the hint if there is room: how to stop now is more important than how many are in flight. */
function fitTitle(parts: readonly string[], hint: string, width: number): string {
	const all = [...parts, hint];
	const candidates = [all, all.toSpliced(2, 1), parts.slice(0, 2)].map((some) => some.join(", "));
	return candidates.find((title) => title.length <= width) ?? cut(candidates.at(-1) ?? "", width);
}

/** Returns a line for each, with its age in a column of its own. The age is not cut. */
function renderLines(inFlight: readonly InFlight[], width: number): string[] {
	const texts = inFlight.map(({ name, what }) => printable(`  ${name} ${what}`));
	const ages = inFlight.map(({ ageMs }) => duration(ageMs));
	const ageWidth = Math.max(...ages.map((age) => age.length)) + 2;
	const textWidth = Math.min(Math.max(...texts.map(measureWidth)), width - ageWidth);
	return texts.map((text, i) => {
		const shown = cut(text, textWidth);
		const gap = " ".repeat(Math.max(0, textWidth - measureWidth(shown)));
		return cut(`${shown}${gap}${(ages[i] ?? "").padStart(ageWidth)}`, width);
	});
}

/** Returns `text`, or its beginning and `…` if it is wider than `width`. */
function cut(text: string, width: number): string {
	if (measureWidth(text) <= width) return text;
	let shown = "";
	for (const character of text) {
		if (measureWidth(shown) + measureWidth(character) > width - 1) break;
		shown += character;
	}
	return width > 0 ? `${shown}…` : "";
}

/** Returns the largest width of `text`: a character outside ASCII may take two columns. `…` takes one. */
function measureWidth(text: string): number {
	return [...text].reduce((width, character) => width + (character > "~" && character !== "…" ? 2 : 1), 0);
}
