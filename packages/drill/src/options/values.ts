import { constants } from "node:os";
import * as v from "valibot";

/** A schema whose issues all say what was wanted, but for those that say more themselves. */
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

const LONGEST_MS = 24 * 3_600_000;
const UNITS: Readonly<Record<string, number>> = { "": 1, ms: 1, s: 1_000, m: 60_000 };

/** A time in milliseconds, from 0 to a day: `1500`, `1500ms`, `1.5s`, `2m`. */
export const milliseconds: v.GenericSchema<number | string, number> = wanted(
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
export const text: v.GenericSchema<string> = wanted("some text", v.pipe(v.string(), v.regex(/\S/), v.excludes("\0")));

export const flag: v.GenericSchema<boolean> = wanted("true or false", v.boolean());

/** An http or https URL without a user and a password in it. */
export const httpUrl: v.GenericSchema<string, URL> = wanted(
	"a URL such as http://localhost:8080/path",
	v.pipe(
		v.string(),
		v.url(),
		v.transform((url) => new URL(url)),
		v.check(({ protocol, port }) => /^https?:$/.test(protocol) && port !== "0"),
		v.check(
			({ username, password }) => username === "" && password === "",
			'wanted a URL without user and password (give them as --header "authorization: …")',
		),
	),
);

/** A path with its query, encoded as in a URL. */
export const path: v.GenericSchema<string> = wanted(
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

/** The name of a signal that this platform has and that a program can handle, with or without its SIG. */
export const signalName: v.GenericSchema<string, NodeJS.Signals> = wanted(
	"a signal that can be handled, such as SIGTERM, SIGINT or SIGHUP",
	v.pipe(
		v.string(),
		v.transform((name) => `SIG${name.toUpperCase().replace(/^SIG/, "")}`),
		v.custom<NodeJS.Signals>((name) => name !== "SIGKILL" && name !== "SIGSTOP" && String(name) in constants.signals),
	),
);

type Code = number | string;

const exitCode = wholeNumber(0, 255);

/** Exit codes: one, several in a text with commas or, in a config file, a list. */
export const exitCodes: v.GenericSchema<Code | Code[], number[]> = wanted(
	"a whole number from 0 to 255, or several",
	v.union([
		v.pipe(
			v.number(),
			v.integer(),
			v.minValue(0),
			v.maxValue(255),
			v.transform((code) => [code]),
		),
		v.pipe(
			v.string(),
			v.transform((codes): Code[] => codes.split(",")),
			v.array(exitCode),
		),
		v.pipe(v.array(exitCode), v.minLength(1, "wanted at least one exit code")),
	]),
);
