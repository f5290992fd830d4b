import type { InFlight } from "./drainable.ts";
import { cut } from "./printable.ts";
import { toText } from "./try-get.ts";

/** The most characters in the name or the description of something in flight. A client chooses the path of its request. */
const LONGEST_NAME = 300;

/** Returns the item, or a copy of it, with a name and a description that are short enough for the log and the report. */
export function withShortNames<T extends InFlight>(item: T): T {
	// There may be ten thousand of them.
	if (isShort(item.name) && isShort(item.what)) return item;
	return { ...item, name: shorten(item.name), what: shorten(item.what) };
}

function isShort(name: unknown): boolean {
	return typeof name === "string" && name.length <= LONGEST_NAME;
}

/** A program without types may pass anything as a name. */
function shorten(name: unknown): string {
	return cut(toText(name), LONGEST_NAME);
}
