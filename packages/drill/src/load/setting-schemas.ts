import * as v from "valibot";

const LONGEST_MS = 24 * 3_600_000;
const UNITS: Readonly<Record<string, number>> = { "": 1, ms: 1, s: 1_000, m: 60_000 };
const TIME_WANTED = "a time such as 1500, 1500ms, 1.5s or 2m, a day at most";
const PATH_WANTED = "a path that begins with / and has no #";
const TEXT_WANTED = "some text";

/** A whole number in a range, or its digits as text. */
export function wholeNumber(least: number, most: number = Number.MAX_SAFE_INTEGER): v.GenericSchema<unknown, number> {
	const range = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
	const wanted = `a whole number ${range}`;
	return v.pipe(
		v.union([v.number(), v.pipe(v.string(), v.digits(), v.transform(Number))], wanted),
		v.safeInteger(wanted),
		v.minValue(least, wanted),
		v.maxValue(most, wanted),
	);
}

/** A time in milliseconds, from 0 to a day: `1500`, `1500ms`, `1.5s`, `2m`. */
export const TIME: v.GenericSchema<unknown, number> = v.pipe(
	v.union([v.number(), v.string()], TIME_WANTED),
	v.transform(String),
	v.regex(/^\d+(\.\d+)?(ms|s|m)?$/, TIME_WANTED),
	v.transform((text) => Number.parseFloat(text) * (UNITS[text.replace(/^[\d.]+/, "")] ?? Number.NaN)),
	v.maxValue(LONGEST_MS, TIME_WANTED),
);

/** Text that is not empty. */
export const TEXT: v.GenericSchema<unknown, string> = v.pipe(
	v.string(TEXT_WANTED),
	v.check((text) => text.trim() !== "" && !text.includes("\0"), TEXT_WANTED),
);

/** A path with its query. It is encoded as the path of a URL is. */
export const PATH: v.GenericSchema<unknown, string> = v.pipe(
	v.string(PATH_WANTED),
	v.regex(/^\/[^#\p{Cc}]*$/u, PATH_WANTED),
	v.transform((path) => {
		const { pathname, search } = new URL(`http://host${path}`);
		return `${pathname}${search}`;
	}),
);

/** How many connections. */
export const CONNECTIONS: v.GenericSchema<unknown, number> = wholeNumber(1, 100_000);

/** How many requests a second. */
export const REQUESTS_PER_SECOND: v.GenericSchema<unknown, number> = wholeNumber(1, 1_000_000);

/** How many events a complete event stream has, at least. */
export const EVENTS: v.GenericSchema<unknown, number> = wholeNumber(1, 1_000_000);

/** The pause between two pieces, reads or messages. No timer is shorter than 1 ms. */
export const EVERY: v.GenericSchema<unknown, number> = v.pipe(
	TIME,
	v.transform((ms) => Math.max(1, Math.round(ms))),
);
