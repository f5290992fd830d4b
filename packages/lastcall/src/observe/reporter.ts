import { quote } from "../core/check-options.ts";
import type { Observer } from "../core/events.ts";
import { jsonLines } from "./json-lines.ts";
import { liveLines } from "./live-lines.ts";
import { type CallObserver, isLogger, type Logger, toLogger } from "./logger.ts";
import { plainLines } from "./plain-lines.ts";
import type { Terminal } from "./terminal.ts";

/** Where the log goes, and as what. */
export type Log = "plain" | "json" | Logger | ((line: string) => void) | false;

/** Where standard error goes. */
export interface StandardError {
	writeLine(line: string): void;
	/** Given where somebody looks on. */
	readonly terminal: Terminal | undefined;
}

/**
 * The reporter that `log` asks for.
 * @param callObserver calls what the program has given as its log
 * @throws {TypeError} that says what `log` may be
 */
export function reporterOf(
	log: Log | undefined,
	{ name, pid }: { readonly name: string; readonly pid: number },
	{ writeLine, terminal }: StandardError,
	callObserver: CallObserver,
): Observer {
	const who = `${name} (pid ${pid})`;
	if (log === undefined && terminal !== undefined) return liveLines(who, terminal);
	if (log === undefined || log === "plain") return plainLines(who, writeLine);
	if (log === "json") return jsonLines(pid, writeLine);
	if (log === false) return () => {};
	if (typeof log === "function") return plainLines(who, (line) => callObserver(() => log(line)));
	if (isLogger(log)) return toLogger(who, log, callObserver);
	throw new TypeError(
		`log: wanted "plain", "json", a function, a logger (info, warn, error) or false, got ${quote(log)}`,
	);
}
