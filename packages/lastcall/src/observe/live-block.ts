import type { InFlight } from "../core/drainable.ts";
import { printable } from "../core/printable.ts";
import type { Snapshot } from "../core/snapshot.ts";
import { duration } from "./event-text.ts";

/** So many are named one by one, where the terminal is high enough; the rest is counted. */
const NAMED = 8;

/** Room for the log above, and for what is not a name. */
const OTHER_ROWS = 4;

/**
 * What a shutdown is waiting for, as it stands below the log: the phase and the time left, then what is in flight. Each
 * line is less wide than the terminal, so that none wraps.
 */
export function blockOf(snapshot: Snapshot, { columns, rows }: { columns: number; rows: number }): string[] {
	const { phase, leftMs = 0, reason, inFlight } = snapshot;
	const isAgain = reason?.kind === "signal" && reason.signal === "SIGINT";
	const hint = isAgain ? "Ctrl+C again to stop now" : "Ctrl+C to stop now";
	const named = inFlight.slice(0, Math.max(1, Math.min(NAMED, rows - OTHER_ROWS)));
	const more = inFlight.length - named.length;
	const width = columns - 1;
	return [
		titleOf([phase.replace("-", " "), `${duration(leftMs)} left`, `${inFlight.length} in flight`], hint, width),
		...linesOf(named, width),
		...(more > 0 ? [cut(`  and ${more} more`, width)] : []),
	];
}

/** The hint, where there is room for it: how to get out matters more than how many there are. */
function titleOf(parts: readonly string[], hint: string, width: number): string {
	const all = [...parts, hint];
	const candidates = [all, all.toSpliced(2, 1), parts.slice(0, 2)].map((some) => some.join(", "));
	return candidates.find((title) => title.length <= width) ?? cut(candidates.at(-1) ?? "", width);
}

/** Each with its age in a column of its own; the age is never cut. */
function linesOf(inFlight: readonly InFlight[], width: number): string[] {
	const texts = inFlight.map(({ name, what }) => printable(`  ${name} ${what}`));
	const ages = inFlight.map(({ ageMs }) => duration(ageMs));
	const ageWidth = Math.max(...ages.map((age) => age.length)) + 2;
	const textWidth = Math.min(Math.max(...texts.map(widthOf)), width - ageWidth);
	return texts.map((text, i) => {
		const shown = cut(text, textWidth);
		const gap = " ".repeat(Math.max(0, textWidth - widthOf(shown)));
		return cut(`${shown}${gap}${(ages[i] ?? "").padStart(ageWidth)}`, width);
	});
}

/** `text`, or its beginning and `…` where it is wider than `width`. */
function cut(text: string, width: number): string {
	if (widthOf(text) <= width) return text;
	let shown = "";
	for (const character of text) {
		if (widthOf(shown) + widthOf(character) > width - 1) break;
		shown += character;
	}
	return width > 0 ? `${shown}…` : "";
}

/** How wide `text` is at most: what is not ASCII may take two columns; `…` is our own, and takes one. */
function widthOf(text: string): number {
	return [...text].reduce((width, character) => width + (character > "~" && character !== "…" ? 2 : 1), 0);
}
