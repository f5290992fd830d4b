import type { InFlight } from "./drainable.ts";
import { cut } from "./printable.ts";
import { stringOf } from "./try-get.ts";

/** The longest name, and the longest description, of something in flight. A client chooses the path of its request. */
const LONGEST_NAME = 300;

/** The same with names of a length that can be shown. Every list for the log or the report is made of these. */
export function withShortNames<T extends InFlight>(one: T): T {
	return { ...one, name: shortName(one.name), what: shortName(one.what) };
}

/** A program without types may have given anything for a name. */
function shortName(name: unknown): string {
	return cut(stringOf(name), LONGEST_NAME);
}
