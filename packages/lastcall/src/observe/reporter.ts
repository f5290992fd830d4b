import { quote } from "../core/check-options.ts";
import type { Observer } from "../core/events.ts";
import { jsonLines } from "./json-lines.ts";
import { liveLines } from "./live-lines.ts";
import { type CallObserver, isLogger, type Logger, toLogger } from "./logger.ts";
import { plainLines } from "./plain-lines.ts";
import type { Terminal } from "./terminal.ts";

/** Where the log goes, and in which form. */
export type Log =
	/** Plain lines on standard error. */
	| "plain"
	/** Lines of JSON on standard error. */
	| "json"
	/** A logger of the program. */
	| Logger
	/** A function that gets each plain line, without its line end. */
	| ((line: string) => void)
	/** No log. */
	| false;

/** Standard error. */
export interface StandardError {
	writeLine(line: string): void;
	/** Standard error as a terminal, if it is one. */
	readonly terminal: Terminal | undefined;
}

/**
 * Creates the reporter that `log` asks for.
 * @param callObserver calls the log of the program
 * @throws {TypeError} if `log` is none of its types
 */
export function createReporter(
	log: Log | undefined,
	{ name, pid }: { readonly name: string; readonly pid: number },
	{ writeLine, terminal }: StandardError,
	callObserver: CallObserver,
): Observer {
	const title = `${name} (pid ${pid})`;
	if (log === undefined && terminal !== undefined) return liveLines(title, terminal);
	if (log === undefined || log === "plain") return plainLines(title, writeLine);
	if (log === "json") return jsonLines(pid, writeLine);
	if (log === false) return () => {};
	if (typeof log === "function") return plainLines(title, (line) => callObserver(() => log(line)));
	if (isLogger(log)) return toLogger(title, log, callObserver);
	throw new TypeError(
		`log: wanted "plain", "json", a function, a logger (info, warn, error) or false, got ${quote(log)}`,
	);
}
