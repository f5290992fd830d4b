import { Command, CommanderError, Option } from "commander";
import * as v from "valibot";
import { LOAD_KINDS } from "../load/catalogue.ts";
import { OPTION_SCHEMAS, type OptionName } from "./drill-options.ts";
import { OPTION_TABLE } from "./option-table.ts";
import { type CommandLine, DEFAULT_CONFIG } from "./read-options.ts";
import { UsageError } from "./usage-error.ts";

/** What the command line asks for: a drill, or a text to print. */
export type Parsed = { readonly drill: CommandLine } | { readonly print: string };

const DESCRIPTION = `Starts a server, loads it, stops it, and reports the outcome of every request.

  lastcall-drill -- node server.js
  lastcall-drill --url http://localhost:8080/api --rounds 10 --html drill.html -- ./server
  lastcall-drill --url https://shop.test/ --stop-command "kubectl rollout restart deploy/shop"`;

const FOOT = `
Loads: ${joinLines(LOAD_KINDS.map(({ name }) => name))}
  Default: back-to-back, pausing and new-connections. --list-loads explains each.
Exit code: 0 pass, 1 fail, 2 wrong usage, 3 the target never came up.`;

/** Reads the words after the program's name. Throws a `UsageError` for an unknown flag. */
export function parseCommandLine(words: readonly string[], version: string): Parsed {
	const printed: string[] = [];
	const program = new Command("lastcall-drill")
		.usage("[options] -- command …")
		.description(DESCRIPTION)
		.argument("[command...]")
		.version(version, "-V, --version", "print the version")
		.helpOption("-h, --help", "print this help")
		.passThroughOptions()
		.exitOverride()
		.configureOutput({ writeOut: (text) => void printed.push(text), writeErr: () => {} })
		.configureHelp({ visibleArguments: () => [], helpWidth: 110 })
		.addHelpText("after", FOOT);
	for (const name of Object.keys(OPTION_TABLE) as OptionName[]) program.addOption(flagFor(name));
	program.addOption(
		new Option("--config <file>", `read options from a JSON file (default: ${DEFAULT_CONFIG})`).helpGroup("Output:"),
	);
	program.addOption(new Option("--list-loads", "print what each load does").helpGroup("Load:"));
	try {
		program.parse(words, { from: "user" });
	} catch (error) {
		if (!(error instanceof CommanderError)) throw error;
		if (error.exitCode === 0) return { print: printed.join("") };
		throw new UsageError(error.message.replace(/^error: /, ""));
	}
	const { config, listLoads, ...values } = program.opts<Record<string, unknown> & { config?: string }>();
	return listLoads === true ? { print: listOfLoads() } : { drill: { values, command: program.args, config } };
}

/** The flag, whose value stays text here: `readOptions` reads it. */
function flagFor(name: OptionName): Option {
	const { group, flags, help, many } = OPTION_TABLE[name];
	const byDefault: unknown = v.getDefault(OPTION_SCHEMAS[name]);
	const isPlain = typeof byDefault === "string" || typeof byDefault === "number";
	const option = new Option(flags, isPlain ? `${help} (default: ${byDefault})` : help).helpGroup(`${group}:`);
	return many
		? option.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value])
		: option;
}

function listOfLoads(): string {
	const lines = LOAD_KINDS.map(
		({ name, help, settings }) => `${name.padEnd(17)}${help.padEnd(62)}${Object.keys(settings).join(", ")}`,
	);
	return `${"--load".padEnd(17)}${"what it does".padEnd(62)}settings: kind,key=value,…\n${lines.join("\n")}\n`;
}

/** The names with commas, in lines of less than 100 columns. */
function joinLines(names: readonly string[]): string {
	return names.reduce((text, name) => {
		const line = text.slice(text.lastIndexOf("\n") + 1);
		return `${text},${line.length + name.length > 85 ? "\n  " : " "}${name}`;
	});
}
