import { Command, CommanderError, Option } from "commander";
import { LOAD_KINDS } from "../load/catalogue.ts";
import { OPTION_TABLE } from "./option-table.ts";
import { type CommandLine, DEFAULT_CONFIG } from "./read-options.ts";
import { UsageError } from "./usage-error.ts";

/** What the command line asks for: a drill, or a text to print. */
export type Parsed = { readonly drill: CommandLine } | { readonly print: string };

const DESCRIPTION = `Starts a server, loads it, tells it to stop, and says what became of each request.

  lastcall-drill -- node server.js
  lastcall-drill --url http://localhost:8080/api --rounds 10 --html drill.html -- ./server
  lastcall-drill --url https://shop.test/ --stop-command "kubectl rollout restart deploy/shop"`;

const FOOT = `
Loads: ${wrapped(LOAD_KINDS.map(({ name }) => name))}
  By default back-to-back, pausing and new-connections. --list-loads explains them.
Exit code: 0 pass, 1 fail, 2 usage, 3 the target never came up.`;

/** Reads the words behind the program's name. Throws a `UsageError` for a flag that there isn't. */
export function parseCommandLine(words: readonly string[], version: string): Parsed {
	const printed: string[] = [];
	const program = new Command("lastcall-drill")
		.usage("[options] -- command …")
		.description(DESCRIPTION)
		.argument("[command...]")
		.version(version, "-V, --version", "the version")
		.helpOption("-h, --help", "this text")
		.passThroughOptions()
		.exitOverride()
		.configureOutput({ writeOut: (text) => void printed.push(text), writeErr: () => {} })
		.configureHelp({ visibleArguments: () => [], helpWidth: 110 })
		.addHelpText("after", FOOT);
	for (const row of Object.values(OPTION_TABLE)) {
		const option = new Option(
			row.flags,
			row.default === undefined ? row.help : `${row.help}${defaultText(row.default)}`,
		);
		if (row.many) option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
		program.addOption(option.helpGroup(`${row.group}:`));
	}
	program.addOption(
		new Option("--config <file>", `options as JSON (${DEFAULT_CONFIG}, if there is one)`).helpGroup("Output:"),
	);
	program.addOption(new Option("--list-loads", "what each load does").helpGroup("Load:"));
	try {
		program.parse(words, { from: "user" });
	} catch (error) {
		if (!(error instanceof CommanderError)) throw error;
		if (error.exitCode === 0) return { print: printed.join("") };
		throw new UsageError(error.message.replace(/^error: /, ""));
	}
	const { config, listLoads, ...values } = program.opts<Record<string, unknown> & { config?: string }>();
	return listLoads === true ? { print: loadList() } : { drill: { values, command: program.args, config } };
}

function defaultText(value: unknown): string {
	const text = Array.isArray(value) && typeof value[0] === "object" ? "" : String(value);
	return text === "" || text === "false" || text === "[object Object]" ? "" : ` (${text})`;
}

function loadList(): string {
	const lines = LOAD_KINDS.map(
		({ name, help, settings }) => `${name.padEnd(17)}${help.padEnd(62)}${Object.keys(settings).join(", ")}`,
	);
	return `${"--load".padEnd(17)}${"what it does".padEnd(62)}settings: kind,key=value,…\n${lines.join("\n")}\n`;
}

/** The names in lines that fit a terminal. */
function wrapped(names: readonly string[]): string {
	return names.reduce((text, name) => {
		const line = text.slice(text.lastIndexOf("\n") + 1);
		return `${text},${line.length + name.length > 80 ? "\n  " : " "}${name}`;
	});
}
