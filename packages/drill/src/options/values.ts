import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { quote, UsageError } from "./usage-error.ts";

/**
 * Makes a value of one option out of what a flag (always text) or a config file (text, a number, …) gives. Throws a
 * `UsageError`; `name` is the option as the user wrote it.
 */
export type ParseValue<Value> = (name: string, given: unknown) => Value;

function wrong(name: string, given: unknown, wanted: string): UsageError {
	return new UsageError(`${name}: wanted ${wanted}, got ${quote(given)}`);
}

/** A whole number in a range. */
export function wholeNumber(least: number, most: number = Number.MAX_SAFE_INTEGER): ParseValue<number> {
	const range = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
	return (name, given) => {
		const value = typeof given === "string" && /^\d+$/.test(given) ? Number(given) : given;
		if (Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most) return Number(value);
		throw wrong(name, given, `a whole number ${range}`);
	};
}

const LONGEST_MS = 24 * 3_600_000;
const UNITS: Readonly<Record<string, number>> = { "": 1, ms: 1, s: 1_000, m: 60_000 };

/** A time in milliseconds, from 0 to a day: `1500`, `1500ms`, `1.5s`, `2m`. */
export const milliseconds: ParseValue<number> = (name, given) => {
	const [, number, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(String(given)) ?? [];
	const value = Number(number) * (UNITS[unit] ?? Number.NaN);
	if (value <= LONGEST_MS) return value;
	throw wrong(name, given, "a time such as 1500, 1500ms, 1.5s or 2m, a day at most");
};

/** Text that is not empty. */
export const text: ParseValue<string> = (name, given) => {
	if (typeof given === "string" && given.trim() !== "") return given;
	throw wrong(name, given, "some text");
};

export const flag: ParseValue<boolean> = (name, given) => {
	if (typeof given === "boolean") return given;
	throw wrong(name, given, "true or false");
};

/** An http or https URL without a password in it. */
export const httpUrl: ParseValue<URL> = (name, given) => {
	const url = URL.canParse(String(given)) ? new URL(String(given)) : undefined;
	if (url && /^https?:$/.test(url.protocol) && url.username === "") return url;
	throw wrong(name, given, "a URL such as http://localhost:8080/path");
};

/** The name of a signal that this platform has and that can be handled, with or without its SIG. */
export const signalName: ParseValue<NodeJS.Signals> = (name, given) => {
	const signal = `SIG${String(given).toUpperCase().replace(/^SIG/, "")}`;
	const canBeHandled = signal !== "SIGKILL" && signal !== "SIGSTOP";
	if (canBeHandled && signal in constants.signals) return signal as NodeJS.Signals;
	throw wrong(name, given, "a signal that can be handled, such as SIGTERM, SIGINT or SIGHUP");
};

/** An HTTP method. */
export const method: ParseValue<string> = (name, given) => {
	if (typeof given === "string" && /^[A-Za-z-]+$/.test(given)) return given.toUpperCase();
	throw wrong(name, given, "an HTTP method such as GET");
};

/** `name: value` pairs, from flags, or an object, from a config file. */
export const headers: ParseValue<Readonly<Record<string, string>>> = (name, given) => {
	if (!Array.isArray(given)) {
		if (typeof given === "object" && given !== null && Object.values(given).every((v) => typeof v === "string"))
			return given as Record<string, string>;
		throw wrong(name, given, "an object of header names and values");
	}
	return Object.fromEntries(
		given.map((pair: string) => {
			const [, header, value] = /^([^:\s]+):\s*(.*)$/.exec(pair) ?? [];
			if (header === undefined || value === undefined) throw wrong(name, pair, 'a header such as "accept: text/html"');
			return [header, value];
		}),
	);
};

/** Text, or `@` and the name of a file to read. */
export const textOrFile: ParseValue<Buffer> = (name, given) => {
	if (typeof given !== "string") throw wrong(name, given, "text, or @ and a file's name");
	return given.startsWith("@") ? readWhole(name, given.slice(1)) : Buffer.from(given);
};

/** The content of a file, as text. */
export const fileContent: ParseValue<string> = (name, given) => readWhole(name, text(name, given)).toString("utf8");

function readWhole(name: string, file: string): Buffer {
	try {
		return readFileSync(file);
	} catch (error) {
		throw new UsageError(`${name}: can't read ${quote(file)} (${(error as NodeJS.ErrnoException).code})`);
	}
}

/** Exit codes, in one text with commas or, in a config file, a list. */
export const exitCodes: ParseValue<readonly number[]> = (name, given) => {
	const codes = typeof given === "string" ? given.split(",") : [given].flat();
	return codes.map((code) => wholeNumber(0, 255)(name, code));
};
