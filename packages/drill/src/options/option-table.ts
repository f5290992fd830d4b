import { DEFAULT_LOADS } from "../load/load-spec.ts";
import type { DrillOptions } from "./drill-options.ts";
import { loadSpecs } from "./load-spec.ts";
import {
	certificates,
	exitCodes,
	flag,
	headers,
	httpUrl,
	method,
	milliseconds,
	type ParseValue,
	path,
	signalName,
	text,
	textOrFile,
	wholeNumber,
} from "./values.ts";

/** One row of the table: how an option is written, read and explained. */
export interface OptionRow {
	readonly group: "Target" | "Load" | "Stop" | "Limits" | "Output";
	/** As commander takes it. */
	readonly flags: string;
	readonly help: string;
	readonly parse: ParseValue<unknown>;
	readonly default?: unknown;
	/** May be given more than once. */
	readonly many?: boolean;
}

/** Every option but the command, once: flags, config file, `--help` and the README's table are made of it. */
export const OPTION_TABLE: Readonly<Record<Exclude<keyof DrillOptions, "command">, OptionRow>> = {
	url: {
		group: "Target",
		flags: "-u, --url <url>",
		help: "where it answers (found by itself for a command)",
		parse: httpUrl,
	},
	path: { group: "Target", flags: "-p, --path <path>", help: "what to ask it for (/)", parse: path },
	pid: { group: "Target", flags: "--pid <n>", help: "a process that runs already", parse: wholeNumber(1, 2 ** 31 - 1) },
	stopCommand: {
		group: "Target",
		flags: "--stop-command <line>",
		help: "how to stop a target that others run",
		parse: text,
	},
	ready: {
		group: "Target",
		flags: "--ready <time>",
		help: "how long it may take to answer",
		parse: milliseconds,
		default: 30_000,
	},
	idleTimeout: {
		group: "Target",
		flags: "--idle-timeout <time>",
		help: "of the load balancer before it, which the target's must exceed",
		parse: milliseconds,
	},
	load: {
		group: "Load",
		flags: "-l, --load <kind[,key=value]>",
		help: "see below; may be given again",
		parse: loadSpecs,
		default: DEFAULT_LOADS,
		many: true,
	},
	connections: {
		group: "Load",
		flags: "-c, --connections <n>",
		help: "for each load that does not say",
		parse: wholeNumber(1, 100_000),
	},
	rate: {
		group: "Load",
		flags: "--rate <n>",
		help: "requests/s in an open model: the load rate,rate=n",
		parse: wholeNumber(1, 1_000_000),
	},
	method: {
		group: "Load",
		flags: "-X, --method <name>",
		help: "of every request (GET; with a body, POST)",
		parse: method,
	},
	header: {
		group: "Load",
		flags: "-H, --header <name: value>",
		help: "may be given again",
		parse: headers,
		default: {},
		many: true,
	},
	body: { group: "Load", flags: "-d, --body <text|@file>", help: "of every request", parse: textOrFile },
	ca: { group: "Load", flags: "--ca <file>", help: "PEM of the authority to trust", parse: certificates },
	insecure: { group: "Load", flags: "-k, --insecure", help: "trust any certificate", parse: flag, default: false },
	signal: { group: "Stop", flags: "-s, --signal <name>", help: "what to send", parse: signalName, default: "SIGTERM" },
	group: {
		group: "Stop",
		flags: "--group",
		help: "to the whole process group, as Ctrl+C does",
		parse: flag,
		default: false,
	},
	twice: {
		group: "Stop",
		flags: "--twice",
		help: "SIGINT a second later: a hard stop",
		parse: flag,
		default: false,
	},
	rounds: {
		group: "Stop",
		flags: "-r, --rounds <n>",
		help: "how often to start and stop it",
		parse: wholeNumber(1, 10_000),
		default: 1,
	},
	grace: {
		group: "Stop",
		flags: "-g, --grace <time>",
		help: "until it is killed, as by its platform",
		parse: milliseconds,
		default: 10_000,
	},
	seed: {
		group: "Stop",
		flags: "--seed <n>",
		help: "draws instants and pauses (a new one each time)",
		parse: wholeNumber(0, 2 ** 31 - 1),
	},
	maxLost: {
		group: "Limits",
		flags: "--max-lost <n>",
		help: "requests, over all rounds",
		parse: wholeNumber(0),
		default: 0,
	},
	maxRefused: {
		group: "Limits",
		flags: "--max-refused <n>",
		help: "connections, over all rounds (any number)",
		parse: wholeNumber(0),
	},
	maxErrors: {
		group: "Limits",
		flags: "--max-errors <percent>",
		help: "of a load's requests before the stop",
		parse: wholeNumber(0, 100),
		default: 50,
	},
	maxExitMs: { group: "Limits", flags: "--max-exit-ms <time>", help: "from the stop to the exit", parse: milliseconds },
	exitCode: {
		group: "Limits",
		flags: "--exit-code <n[,n]>",
		help: "the right ones (0, or the signal's)",
		parse: exitCodes,
	},
	html: { group: "Output", flags: "--html <file>", help: "a page with every request on a timeline", parse: text },
	json: { group: "Output", flags: "--json <file>", help: "the report, for machines", parse: text },
	junit: { group: "Output", flags: "--junit <file>", help: "the verdict, for CI", parse: text },
	verbose: { group: "Output", flags: "-v, --verbose", help: "what the target says, too", parse: flag, default: false },
	quiet: { group: "Output", flags: "-q, --quiet", help: "nothing but the verdict", parse: flag, default: false },
};
