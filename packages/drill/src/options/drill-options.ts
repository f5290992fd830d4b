import * as v from "valibot";
import { DEFAULT_LOADS } from "../load/load-spec.ts";
import { CONNECTIONS, PATH, REQUESTS_PER_SECOND, TEXT, TIME, wholeNumber } from "../load/setting-schemas.ts";
import { LOAD_SPECS } from "./load-specs.ts";
import { CERTIFICATES, HEADERS, METHOD, TEXT_OR_FILE } from "./request-values.ts";
import { EXIT_CODES, FLAG, HTTP_URL, SIGNAL_NAME } from "./values.ts";

/** How each option but the command is read, from a flag or a config file, with its default where it has one. */
export const OPTION_SCHEMAS = {
	url: v.exactOptional(HTTP_URL),
	path: v.exactOptional(PATH),
	pid: v.exactOptional(wholeNumber(1, 2 ** 31 - 1)),
	stopCommand: v.exactOptional(TEXT),
	ready: v.optional(TIME, "30s"),
	idleTimeout: v.exactOptional(TIME),
	load: v.optional(LOAD_SPECS, DEFAULT_LOADS),
	connections: v.exactOptional(CONNECTIONS),
	rate: v.exactOptional(REQUESTS_PER_SECOND),
	method: v.exactOptional(METHOD),
	header: v.optional(HEADERS, {}),
	body: v.exactOptional(TEXT_OR_FILE),
	ca: v.exactOptional(CERTIFICATES),
	insecure: v.optional(FLAG, false),
	signal: v.optional(SIGNAL_NAME, "SIGTERM"),
	group: v.optional(FLAG, false),
	twice: v.optional(FLAG, false),
	rounds: v.optional(wholeNumber(1, 10_000), 1),
	grace: v.optional(TIME, "10s"),
	seed: v.exactOptional(wholeNumber(0, 2 ** 31 - 1)),
	maxLost: v.optional(wholeNumber(0), 0),
	maxRefused: v.exactOptional(wholeNumber(0)),
	maxErrors: v.optional(wholeNumber(0, 100), 50),
	maxExitMs: v.exactOptional(TIME),
	exitCode: v.exactOptional(EXIT_CODES),
	html: v.exactOptional(TEXT),
	json: v.exactOptional(TEXT),
	junit: v.exactOptional(TEXT),
	trace: v.exactOptional(TEXT),
	verbose: v.optional(FLAG, false),
	quiet: v.optional(FLAG, false),
};

export type OptionName = keyof typeof OPTION_SCHEMAS;

/** The schema of all options. Parsing `{}` with it returns the defaults. */
export const OPTIONS = v.object(OPTION_SCHEMAS);

/** Everything that a drill can be asked for, with the defaults put in. */
export interface DrillOptions extends Readonly<v.InferOutput<typeof OPTIONS>> {
	readonly command: readonly string[];
	/** Random, if none was given. */
	readonly seed: number;
}
