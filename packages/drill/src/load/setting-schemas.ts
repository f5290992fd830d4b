import * as v from "valibot";

const LONGEST_MS = 24 * 3_600_000;
const UNITS: Readonly<Record<string, number>> = { "": 1, ms: 1, s: 1_000, m: 60_000 };

/** Returns `schema`. Its issues say that `what` was wanted, unless they have a message of their own. */
export function wanted<Schema extends v.GenericSchema>(what: string, schema: Schema): Schema {
	return v.config(schema, { message: `wanted ${what}` });
}

/** A whole number in a range, or its digits, as a flag gives it. */
export function wholeNumber(
	least: number,
	most: number = Number.MAX_SAFE_INTEGER,
): v.GenericSchema<number | string, number> {
	const range = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
	const number = v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
	return wanted(
		`a whole number ${range}`,
		v.union([number, v.pipe(v.string(), v.digits(), v.transform(Number), number)]),
	);
}

/** A time in milliseconds, from 0 to a day: `1500`, `1500ms`, `1.5s`, `2m`. */
export const TIME: v.GenericSchema<number | string, number> = wanted(
	"a time such as 1500, 1500ms, 1.5s or 2m, a day at most",
	v.union([
		v.pipe(v.number(), v.minValue(0), v.maxValue(LONGEST_MS)),
		v.pipe(v.string(), v.regex(/^\d+(\.\d+)?(ms|s|m)?$/), v.transform(parseTime), v.maxValue(LONGEST_MS)),
	]),
);

function parseTime(time: string): number {
	const unit = time.replace(/^[\d.]+/, "");
	return Number.parseFloat(time) * (UNITS[unit] ?? Number.NaN);
}

/** Text that is not empty. */
export const TEXT: v.GenericSchema<string> = wanted("some text", v.pipe(v.string(), v.regex(/\S/), v.excludes("\0")));

/** A path with its query, encoded as in a URL. */
export const PATH: v.GenericSchema<string> = wanted(
	"a path that begins with / and has no #",
	v.pipe(
		v.string(),
		v.regex(/^\/[^#]*$/),
		v.check((path) => !/\p{Cc}/u.test(path)),
		v.transform(encodePath),
	),
);

function encodePath(path: string): string {
	const { pathname, search } = new URL(`http://host${path}`);
	return `${pathname}${search}`;
}

/** How many connections. */
export const CONNECTIONS: v.GenericSchema<number | string, number> = wholeNumber(1, 100_000);

/** How many requests a second. */
export const REQUESTS_PER_SECOND: v.GenericSchema<number | string, number> = wholeNumber(1, 1_000_000);

/** How many events a complete event stream has, at least. */
export const EVENTS: v.GenericSchema<number | string, number> = wholeNumber(1, 1_000_000);

/** The pause between two pieces, reads or messages. No timer is shorter than 1 ms. */
export const EVERY: v.GenericSchema<number | string, number> = v.pipe(
	TIME,
	v.transform((ms) => Math.max(1, Math.round(ms))),
);
