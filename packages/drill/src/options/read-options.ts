import { randomInt } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import * as v from "valibot";
import { checkRequests } from "./check-requests.ts";
import { checkTogether } from "./check-together.ts";
import { CONFIG_SCHEMA } from "./config-schema.ts";
import { type DrillOptions, OPTION_SCHEMAS, OPTIONS, type OptionName } from "./drill-options.ts";
import { longFlag, OPTION_TABLE } from "./option-table.ts";
import { readValue } from "./read-value.ts";
import { quote, UsageError } from "./usage-error.ts";
import { withDefaults } from "./with-defaults.ts";

/** The config file that is read if it exists and no other is named. */
export const DEFAULT_CONFIG = "lastcall-drill.json";

/** What the command line gave: `values` by option, as text, and the words after `--`. */
export interface CommandLine {
	readonly values: Readonly<Record<string, unknown>>;
	readonly command: readonly string[];
	/** `--config`. */
	readonly config: string | undefined;
}

/** Reads and checks all options; flags override the config file. Throws a `UsageError` for the first wrong one. */
export function readOptions({ values, command, config }: CommandLine): DrillOptions {
	const file = config ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : undefined);
	const { command: configuredCommand = [], ...configured } = file === undefined ? {} : readConfig(file);
	const asked: DrillOptions = {
		seed: randomInt(2 ** 31),
		...v.parse(OPTIONS, {}),
		command:
			command.length > 0 ? command : readValue(`command in ${file}`, CONFIG_SCHEMA.entries.command, configuredCommand),
		...readEach(configured, (key) => `${key} in ${file}`),
		...readEach(values, (key) => longFlag(OPTION_TABLE[key])),
	};
	checkTogether(asked);
	const load = withDefaults("load" in values || "load" in configured ? asked.load : undefined, asked);
	const { url, path } = asked;
	const options = { ...asked, load, ...(url && path !== undefined && { url: new URL(`${url.origin}${path}`) }) };
	checkRequests(options);
	return options;
}

function readEach(given: Readonly<Record<string, unknown>>, name: (key: OptionName) => string): Partial<DrillOptions> {
	const keys = (Object.keys(OPTION_SCHEMAS) as OptionName[]).filter((key) => given[key] !== undefined);
	return Object.fromEntries(keys.map((key) => [key, readValue(name(key), OPTION_SCHEMAS[key], given[key])]));
}

function readConfig(file: string): Readonly<Record<string, unknown>> {
	let config: unknown;
	try {
		config = JSON.parse(readFileSync(file, "utf8"));
	} catch (error) {
		throw new UsageError(`--config: can't read ${quote(file)} as JSON (${(error as Error).message})`);
	}
	if (typeof config !== "object" || config === null || Array.isArray(config)) {
		throw new UsageError(`${file}: wanted an object of options, got ${quote(config)}`);
	}
	const { $schema: _, ...options } = config as Record<string, unknown>;
	const known = ["command", ...Object.keys(OPTION_SCHEMAS)];
	const unknown = Object.keys(options).find((key) => !known.includes(key));
	if (unknown === undefined) return options;
	throw new UsageError(`${file}: unknown option ${quote(unknown)}; there are ${known.join(", ")}`);
}
