import type { OptionName } from "./drill-options.ts";

/** How one option is written and explained. */
export interface OptionRow {
	readonly group: "Target" | "Load" | "Stop" | "Limits" | "Output";
	/** As commander takes it. */
	readonly flags: string;
	/** One line, which is also the description in the JSON schema of the config file. */
	readonly help: string;
	/** True if the flag can be given more than once. */
	readonly many?: boolean;
}

/** Every option but the command. `--help` lists them in this order, with the defaults of their schemas. */
export const OPTION_TABLE: Readonly<Record<OptionName, OptionRow>> = {
	url: { group: "Target", flags: "-u, --url <url>", help: "URL to load (default: detected for a command)" },
	path: { group: "Target", flags: "-p, --path <path>", help: "path to request (default: /)" },
	pid: { group: "Target", flags: "--pid <n>", help: "running process to stop" },
	stopCommand: {
		group: "Target",
		flags: "--stop-command <line>",
		help: "command that stops a target, if something else runs it",
	},
	ready: { group: "Target", flags: "--ready <time>", help: "time for the target to start responding" },
	idleTimeout: {
		group: "Target",
		flags: "--idle-timeout <time>",
		help: "idle timeout of the load balancer; the target's must be longer",
	},
	load: {
		group: "Load",
		flags: "-l, --load <kind[,key=value]>",
		help: "load to run; can be repeated",
		many: true,
	},
	connections: {
		group: "Load",
		flags: "-c, --connections <n>",
		help: "connections of each load without a number of its own",
	},
	rate: { group: "Load", flags: "--rate <n>", help: "requests per second of an open model: --load rate,rate=n" },
	method: { group: "Load", flags: "-X, --method <name>", help: "request method (default: GET, or POST with a body)" },
	header: { group: "Load", flags: "-H, --header <name: value>", help: "request header; can be repeated", many: true },
	body: { group: "Load", flags: "-d, --body <text|@file>", help: "request body" },
	ca: { group: "Load", flags: "--ca <file>", help: "certificates of the authority to trust, in PEM" },
	insecure: { group: "Load", flags: "-k, --insecure", help: "accept any certificate" },
	signal: { group: "Stop", flags: "-s, --signal <name>", help: "signal to send" },
	group: { group: "Stop", flags: "--group", help: "send the signal to the whole process group, as Ctrl+C does" },
	twice: { group: "Stop", flags: "--twice", help: "send SIGINT a second later, for a hard stop" },
	rounds: { group: "Stop", flags: "-r, --rounds <n>", help: "rounds to play: start, load, stop, count" },
	grace: { group: "Stop", flags: "-g, --grace <time>", help: "time from the stop to SIGKILL" },
	seed: { group: "Stop", flags: "--seed <n>", help: "random seed for stop times and pauses (default: random)" },
	maxLost: { group: "Limits", flags: "--max-lost <n>", help: "lost requests allowed in all rounds together" },
	maxRefused: {
		group: "Limits",
		flags: "--max-refused <n>",
		help: "refused connections allowed in all rounds together (default: any)",
	},
	maxErrors: {
		group: "Limits",
		flags: "--max-errors <percent>",
		help: "percent of errors allowed in a load before the stop",
	},
	maxExitMs: {
		group: "Limits",
		flags: "--max-exit-ms <time>",
		help: "time allowed from the stop to the exit (default: any)",
	},
	exitCode: {
		group: "Limits",
		flags: "--exit-code <n[,n]>",
		help: "exit codes that count as success (default: 0, or the signal's)",
	},
	html: { group: "Output", flags: "--html <file>", help: "write a page with every request on a timeline" },
	json: { group: "Output", flags: "--json <file>", help: "write the report as JSON" },
	junit: { group: "Output", flags: "--junit <file>", help: "write the verdict as JUnit XML" },
	trace: {
		group: "Output",
		flags: "--trace <file>",
		help: "write a trace for ui.perfetto.dev (Trace Event JSON)",
	},
	verbose: { group: "Output", flags: "-v, --verbose", help: "print the target's output" },
	quiet: { group: "Output", flags: "-q, --quiet", help: "print only the verdict" },
};

/** `--url` of `-u, --url <url>`. */
export function longFlag({ flags }: OptionRow): string {
	return /--[a-z-]+/.exec(flags)?.[0] ?? flags;
}
