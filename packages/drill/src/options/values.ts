import { X509Certificate } from "node:crypto";
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
	if (typeof given === "string" && given.trim() !== "" && !given.includes("\0")) return given;
	throw wrong(name, given, "some text");
};

export const flag: ParseValue<boolean> = (name, given) => {
	if (typeof given === "boolean") return given;
	throw wrong(name, given, "true or false");
};

/** An http or https URL without a user and a password in it. */
export const httpUrl: ParseValue<URL> = (name, given) => {
	const url = URL.canParse(String(given)) ? new URL(String(given)) : undefined;
	if (!url || !/^https?:$/.test(url.protocol) || url.port === "0")
		throw wrong(name, given, "a URL such as http://localhost:8080/path");
	if (url.username !== "" || url.password !== "")
		throw wrong(name, given, 'a URL without user and password (give them as --header "authorization: …")');
	return url;
};

/** A path with its query, which is encoded as that of a URL is. */
export const path: ParseValue<string> = (name, given) => {
	if (typeof given !== "string" || !/^\/[^#\p{Cc}]*$/u.test(given))
		throw wrong(name, given, "a path that begins with / and has no #");
	const { pathname, search } = new URL(`http://host${given}`);
	return `${pathname}${search}`;
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
	// CONNECT asks for a tunnel: what comes back is not HTTP.
	if (typeof given === "string" && /^(?!CONNECT$)[A-Z-]+$/i.test(given)) return given.toUpperCase();
	throw wrong(name, given, "an HTTP method such as GET, and not CONNECT");
};

/**
 * `name: value` pairs, from flags, or an object, from a config file. A name that is given again adds to its value, as in
 * HTTP itself (RFC 9110 §5.3).
 */
export const headers: ParseValue<Readonly<Record<string, string>>> = (name, given) => {
	const joined = new Map<string, [header: string, value: string]>();
	for (const [header, value] of Array.isArray(given) ? pairsOf(name, given) : entriesOf(name, given)) {
		const key = header.toLowerCase();
		const [spelling, before] = joined.get(key) ?? [header];
		joined.set(key, [spelling, before === undefined ? value : `${before}${key === "cookie" ? "; " : ", "}${value}`]);
	}
	return Object.fromEntries(joined.values());
};

function pairsOf(name: string, given: readonly unknown[]): [header: string, value: string][] {
	return given.map((pair) => {
		const [, header, value] = /^([^:\s]+):\s*(.*?)\s*$/.exec(String(pair)) ?? [];
		if (header === undefined || value === undefined) throw wrong(name, pair, 'a header such as "accept: text/html"');
		return [header, value];
	});
}

function entriesOf(name: string, given: unknown): [header: string, value: string][] {
	if (typeof given === "object" && given !== null && Object.values(given).every((value) => typeof value === "string"))
		return Object.entries(given).map(([header, value]: [string, string]) => [header, value.trim()]);
	throw wrong(name, given, "an object of header names and values");
}

/** Text, or `@` and the name of a file to read. */
export const textOrFile: ParseValue<Buffer> = (name, given) => {
	if (typeof given !== "string") throw wrong(name, given, "text, or @ and a file's name");
	return given.startsWith("@") ? readWhole(name, given.slice(1)) : Buffer.from(given);
};

/** The content of a file of PEM certificates. */
export const certificates: ParseValue<string> = (name, given) => {
	const pem = readWhole(name, text(name, given)).toString("utf8");
	try {
		new X509Certificate(pem);
	} catch {
		throw wrong(name, given, "a file of certificates in PEM");
	}
	return pem;
};

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
	if (codes.length === 0) throw wrong(name, given, "at least one exit code");
	return codes.map((code) => wholeNumber(0, 255)(name, code));
};
