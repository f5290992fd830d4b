import * as v from "valibot";
import { DEFAULT_LOADS } from "../load/load-spec.ts";
import { CONNECTIONS, PATH, REQUESTS_PER_SECOND, TEXT, TIME, wholeNumber } from "../load/setting-schemas.ts";
import { loadSpecs } from "./load-spec.ts";
import { certificates, headers, method, textOrFile } from "./request-values.ts";
import { exitCodes, flag, httpUrl, signalName } from "./values.ts";

/** How each option but the command is read, from a flag or a config file, with its default where it has one. */
export const OPTION_SCHEMAS = {
	url: v.exactOptional(httpUrl),
	path: v.exactOptional(PATH),
	pid: v.exactOptional(wholeNumber(1, 2 ** 31 - 1)),
	stopCommand: v.exactOptional(TEXT),
	ready: v.optional(TIME, "30s"),
	idleTimeout: v.exactOptional(TIME),
	load: v.optional(loadSpecs, DEFAULT_LOADS),
	connections: v.exactOptional(CONNECTIONS),
	rate: v.exactOptional(REQUESTS_PER_SECOND),
	method: v.exactOptional(method),
	header: v.optional(headers, {}),
	body: v.exactOptional(textOrFile),
	ca: v.exactOptional(certificates),
	insecure: v.optional(flag, false),
	signal: v.optional(signalName, "SIGTERM"),
	group: v.optional(flag, false),
	twice: v.optional(flag, false),
	rounds: v.optional(wholeNumber(1, 10_000), 1),
	grace: v.optional(TIME, "10s"),
	seed: v.exactOptional(wholeNumber(0, 2 ** 31 - 1)),
	maxLost: v.optional(wholeNumber(0), 0),
	maxRefused: v.exactOptional(wholeNumber(0)),
	maxErrors: v.optional(wholeNumber(0, 100), 50),
	maxExitMs: v.exactOptional(TIME),
	exitCode: v.exactOptional(exitCodes),
	html: v.exactOptional(TEXT),
	json: v.exactOptional(TEXT),
	junit: v.exactOptional(TEXT),
	trace: v.exactOptional(TEXT),
	verbose: v.optional(flag, false),
	quiet: v.optional(flag, false),
};

export type OptionName = keyof typeof OPTION_SCHEMAS;

/** All of them. What parses `{}` are the defaults. */
export const OPTIONS = v.object(OPTION_SCHEMAS);

/** Everything that a drill can be asked for, with the defaults put in. */
export type DrillOptions = Readonly<
	v.InferOutput<typeof OPTIONS> & { command: readonly string[] /** Random, where none is given. */; seed: number }
>;
