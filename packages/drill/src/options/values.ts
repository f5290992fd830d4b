import { constants } from "node:os";
import * as v from "valibot";
import { wanted, wholeNumber } from "../load/setting-schemas.ts";

export const FLAG: v.GenericSchema<boolean> = wanted("true or false", v.boolean());

/** An http or https URL without a user and a password in it. */
export const HTTP_URL: v.GenericSchema<string, URL> = wanted(
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

/** The name of a signal that this platform has and that a program can handle, with or without its SIG. */
export const SIGNAL_NAME: v.GenericSchema<string, NodeJS.Signals> = wanted(
	"a signal that can be handled, such as SIGTERM, SIGINT or SIGHUP",
	v.pipe(
		v.string(),
		v.transform((name) => `SIG${name.toUpperCase().replace(/^SIG/, "")}`),
		v.custom<NodeJS.Signals>((name) => name !== "SIGKILL" && name !== "SIGSTOP" && String(name) in constants.signals),
	),
);

const EXIT_CODE = wholeNumber(0, 255);

/** Exit codes: one, several in a text with commas or, in a config file, a list. */
export const EXIT_CODES: v.GenericSchema<unknown, number[]> = wanted(
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
			v.transform((codes): unknown[] => codes.split(",")),
			v.array(EXIT_CODE),
		),
		v.pipe(v.array(EXIT_CODE), v.minLength(1, "wanted at least one exit code")),
	]),
);
