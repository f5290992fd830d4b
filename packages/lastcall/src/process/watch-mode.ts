import { basename } from "node:path";
import { readText } from "./surroundings.ts";

/** What tells a process that a watch mode has started it. */
export interface WatchSurroundings {
	readonly ppid: number;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** The flags of the runtime. */
	readonly execArgv: readonly string[];
	/** Returns the text of a file, or an empty string if it cannot be read. */
	read(path: string): string;
}

/** The variables that a watch mode sets for the program. Neither is documented. */
const VARIABLES: readonly (readonly [name: string, mode: string])[] = [
	["WATCH_REPORT_DEPENDENCIES", "node --watch"],
	["TS_NODE_DEV", "ts-node-dev"],
];

/** A watch mode may start the program through npm, a shell and another runner. */
const MOST_ANCESTORS = 8;

/**
 * Returns the watch mode that restarts this program whenever a file changes, such as `nodemon`, or `undefined` if there is none.
 * nodemon and `tsx watch` are known by the command line of a parent: on Linux, or if they are an npm script.
 */
export function findWatchMode(around: WatchSurroundings = REAL): string | undefined {
	const { env, execArgv } = around;
	const [, byVariable] = VARIABLES.find(([name]) => env[name]) ?? [];
	if (byVariable !== undefined) return byVariable;
	// Bun replaces the program in the same process. In Node.js, the parent has this flag.
	if (process.versions.bun !== undefined && execArgv.includes("--watch")) return "bun --watch";
	const ofScript = ofCommand((env.npm_lifecycle_script ?? "").split(" "));
	return ofScript ?? ofAncestors(around);
}

function ofAncestors({ ppid, read }: WatchSurroundings): string | undefined {
	let pid = ppid;
	for (let i = 0; i < MOST_ANCESTORS && pid > 1; i++) {
		const mode = ofCommand(read(`/proc/${pid}/cmdline`).split("\0"));
		if (mode !== undefined) return mode;
		pid = Number(/^PPid:\s*(\d+)$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
	}
	return undefined;
}

/** Returns the watch mode that a command line starts: its program, or the script that Node.js runs. */
function ofCommand(words: readonly string[]): string | undefined {
	const isNode = /^node(js)?$/.test(basename(words[0] ?? ""));
	const [file = "", ...args] = isNode
		? words.slice(words.findIndex((word, i) => i > 0 && !word.startsWith("-")))
		: words;
	const name = basename(file);
	if (/^nodemon(\.js)?$/.test(name))
		return args.some((arg) => /^(-s|--signal)/.test(arg)) ? "nodemon --signal" : "nodemon";
	return (name === "tsx" || file.endsWith("/tsx/dist/cli.mjs")) && args[0] === "watch" ? "tsx watch" : undefined;
}

const REAL: WatchSurroundings = {
	ppid: process.ppid,
	env: process.env,
	execArgv: process.execArgv,
	read: readText,
};
