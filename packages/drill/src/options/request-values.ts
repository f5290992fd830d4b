import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import * as v from "valibot";
import { TEXT, wanted } from "../load/setting-schemas.ts";
import { quote } from "./usage-error.ts";

/** An HTTP method. CONNECT asks for a tunnel: what comes back is not HTTP. */
export const METHOD: v.GenericSchema<string> = wanted(
	"an HTTP method such as GET, and not CONNECT",
	v.pipe(
		v.string(),
		v.regex(/^[A-Za-z-]+$/),
		v.transform((name) => name.toUpperCase()),
		v.notValue("CONNECT"),
	),
);

type Headers = Readonly<Record<string, string>>;
type Pair = readonly [header: string, value: string];

const PAIR_LINE = /^([^:\s]+):\s*(.*?)\s*$/;

const PAIR = wanted(
	'a header such as "accept: text/html"',
	v.pipe(v.string(), v.regex(PAIR_LINE), v.transform(splitPair)),
);

function splitPair(line: string): Pair {
	const [, header = "", value = ""] = PAIR_LINE.exec(line) ?? [];
	return [header, value];
}

/** `name: value` pairs, from flags, or an object, from a config file. */
export const HEADERS: v.GenericSchema<unknown, Headers> = wanted(
	"an object of header names and values",
	v.union([
		v.pipe(
			v.array(PAIR),
			v.transform((pairs) => joinPairs(pairs)),
		),
		v.pipe(
			v.unknown(),
			// v.record would accept a list. The JSON schema is made of the steps before it.
			v.check((given) => !Array.isArray(given)),
			v.metadata({ type: "object", additionalProperties: { type: "string" } }),
			v.record(v.string(), v.string()),
			v.transform((object) => joinPairs(Object.entries(object))),
		),
	]),
);

/** Joins the values of a name that is given more than once, as HTTP does (RFC 9110 §5.3). */
function joinPairs(pairs: readonly Pair[]): Headers {
	const joined = new Map<string, Pair>();
	for (const [header, value] of pairs) {
		const key = header.toLowerCase();
		const [spelling, before] = joined.get(key) ?? [header];
		const separator = key === "cookie" ? "; " : ", ";
		joined.set(key, [spelling, before === undefined ? value.trim() : `${before}${separator}${value.trim()}`]);
	}
	return Object.fromEntries(joined.values());
}

/** Text, or `@` and the name of a file to read. */
export const TEXT_OR_FILE: v.GenericSchema<string, Buffer> = wanted(
	"text, or @ and a file's name",
	v.pipe(
		v.string(),
		v.rawTransform(({ dataset, addIssue, NEVER }) => {
			const given = dataset.value;
			return given.startsWith("@") ? (readFile(given.slice(1), addIssue) ?? NEVER) : Buffer.from(given);
		}),
	),
);

/** The content of a file of PEM certificates. */
export const CERTIFICATES: v.GenericSchema<string> = wanted(
	"a file of certificates in PEM",
	v.pipe(
		TEXT,
		v.rawTransform(({ dataset, addIssue, NEVER }) => readFile(dataset.value, addIssue)?.toString("utf8") ?? NEVER),
		v.check(isCertificate),
	),
);

/** Returns the file's content. If it can't be read, adds an issue that says why. */
function readFile(file: string, addIssue: (issue: { message: string }) => void): Buffer | undefined {
	try {
		return readFileSync(file);
	} catch (error) {
		addIssue({ message: `can't read ${quote(file)} (${(error as NodeJS.ErrnoException).code})` });
		return undefined;
	}
}

function isCertificate(pem: string): boolean {
	try {
		return new X509Certificate(pem) !== undefined;
	} catch {
		return false;
	}
}
