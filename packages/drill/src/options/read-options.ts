import { randomInt } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { loadKind } from "../load/catalogue.ts";
import type { LoadSpec } from "../load/load-spec.ts";
import { checkRequests } from "./check-requests.ts";
import type { DrillOptions } from "./drill-options.ts";
import { OPTION_TABLE, type OptionRow } from "./option-table.ts";
import { quote, UsageError } from "./usage-error.ts";

/** The config file that is read where it exists and no other is named. */
export const DEFAULT_CONFIG = "lastcall-drill.json";

/** What the command line gave: `values` by option, as text, and the words behind `--`. */
export interface CommandLine {
	readonly values: Readonly<Record<string, unknown>>;
	readonly command: readonly string[];
	/** `--config`. */
	readonly config: string | undefined;
}

/**
 * Checks everything that was asked for and puts the defaults in; a flag comes before the config file. Throws a
 * `UsageError` for the first thing that can't be.
 */
export function readOptions({ values, command, config }: CommandLine): DrillOptions {
	const file = config ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : undefined);
	const configured = file === undefined ? {} : readConfig(file);
	const { command: configuredCommand, ...rest } = configured;
	const read: Record<string, unknown> = {
		command: command.length > 0 ? command : commandOf(configuredCommand, file),
		seed: randomInt(2 ** 31),
	};
	for (const [key, row] of Object.entries(OPTION_TABLE)) {
		const fallback = rest[key] === undefined ? row.default : row.parse(`${key} in ${file}`, rest[key]);
		const value = values[key] === undefined ? fallback : row.parse(longFlag(row), values[key]);
		if (value !== undefined) read[key] = value;
	}
	const asked = read as unknown as DrillOptions;
	checkTogether(asked);
	const load = withDefaults("load" in values || "load" in rest ? asked.load : undefined, asked);
	const { url, path } = asked;
	const options = { ...asked, load, ...(url && path !== undefined && { url: new URL(`${url.origin}${path}`) }) };
	checkRequests(options);
	return options;
}

/** `--url` of `-u, --url <url>`. */
export function longFlag({ flags }: OptionRow): string {
	return /--[a-z-]+/.exec(flags)?.[0] ?? flags;
}

function readConfig(file: string): Record<string, unknown> {
	let config: unknown;
	try {
		config = JSON.parse(readFileSync(file, "utf8"));
	} catch (error) {
		throw new UsageError(`--config: can't read ${quote(file)} as JSON (${(error as Error).message})`);
	}
	if (typeof config !== "object" || config === null || Array.isArray(config)) {
		throw new UsageError(`${file}: wanted an object of options, got ${quote(config)}`);
	}
	const known = ["command", "$schema", ...Object.keys(OPTION_TABLE)];
	for (const key of Object.keys(config)) {
		if (!known.includes(key))
			throw new UsageError(`${file}: unknown option ${quote(key)}; there are ${known.join(", ")}`);
	}
	return config as Record<string, unknown>;
}

function commandOf(given: unknown, file: string | undefined): readonly string[] {
	if (given === undefined) return [];
	if (Array.isArray(given) && given.every((word) => typeof word === "string")) return given;
	throw new UsageError(`command in ${file}: wanted a list of words, got ${quote(given)}`);
}

/** What no option can know of alone. */
function checkTogether({ command, pid, stopCommand, url, path, rounds, twice, group }: DrillOptions): void {
	const targets = [command.length > 0 && "a command behind --", pid && "--pid", stopCommand && "--stop-command"].filter(
		Boolean,
	);
	if (command[0]?.trim() === "")
		throw new UsageError(`the command: wanted the name of a program, got ${quote(command[0])}`);
	if (targets.length === 0)
		throw new UsageError("nothing to drill: give a command behind --, a --pid, or a --stop-command");
	// A command and a stop command are one target: how to start it and how to stop it.
	if (pid !== undefined && targets.length > 1)
		throw new UsageError(`${targets.join(" and ")} are different targets: give one of them`);
	if (stopCommand !== undefined && command.length === 0 && url === undefined) {
		throw new UsageError("--stop-command: needs --url, to know where the target answers");
	}
	if (path !== undefined && url !== undefined && `${url.pathname}${url.search}` !== "/")
		throw new UsageError(`--path: --url has a path too, ${quote(`${url.pathname}${url.search}`)}: give one of them`);
	if (pid === process.pid) throw new UsageError(`--pid: ${pid} is the drill itself`);
	if (pid !== undefined && rounds > 1)
		throw new UsageError(`--rounds: a --pid can be stopped only once, got ${rounds}`);
	if (stopCommand !== undefined && (twice || group)) {
		throw new UsageError(`${twice ? "--twice" : "--group"}: is about signals, and --stop-command sends none`);
	}
}

/**
 * The loads that were asked for, or the usual ones where none was, with the one that `--rate` means and the number of
 * connections that was asked for in general.
 */
function withDefaults(asked: readonly LoadSpec[] | undefined, { load, rate, connections }: DrillOptions): LoadSpec[] {
	// What nobody has asked for gives way to what somebody has.
	const usual = rate === undefined ? load.map((spec) => ({ ...spec, ...(connections && { connections }) })) : [];
	const all: LoadSpec[] = [...(asked ?? usual), ...(rate === undefined ? [] : [{ kind: "rate", rate } as const])];
	return all.map((spec) => {
		const hasConnections = "connections" in loadKind(spec.kind).settings;
		return hasConnections && connections !== undefined ? { connections, ...spec } : spec;
	});
}
