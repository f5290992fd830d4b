import type { InFlight } from "./drainable.ts";
import { cut } from "./printable.ts";
import { toText } from "./try-get.ts";

/** The most characters in the name or the description of something in flight. A client chooses the path of its request. */
const LONGEST_NAME = 300;

/** Returns a copy whose name and description are short enough for the log and the report. */
export function withShortNames<T extends InFlight>(item: T): T {
	return { ...item, name: shorten(item.name), what: shorten(item.what) };
}

/** A program without types may pass anything as a name. */
function shorten(name: unknown): string {
	return cut(toText(name), LONGEST_NAME);
}
