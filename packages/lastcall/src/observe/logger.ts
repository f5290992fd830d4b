import type { Observer } from "../core/events.ts";
import { describeEvent } from "./event-text.ts";
import { prefixed } from "./log-prefix.ts";

/**
 * A logger of the program, such as pino, winston or `console`. Each method gets a message of one or more lines.
 * @example
 * ```ts
 * import { run } from "lastcall";
 * import pino from "pino";
 *
 * await run(main, { log: pino() });
 * ```
 */
export interface Logger {
	/** Details: the drain of each server, the closing of each resource. */
	debug?(message: string): void;
	/** The phases, and what is in flight. */
	info(message: string): void;
	/** What was dropped, and what will lose work. */
	warn(message: string): void;
	/** Failures, and the end of a shutdown that is not `ok`. */
	error(message: string): void;
}

/** Returns true if `log` is a logger. */
export function isLogger(log: unknown): log is Logger {
	const methods = (log ?? {}) as Partial<Logger>;
	return [methods.info, methods.warn, methods.error].every((method) => typeof method === "function");
}

/** Calls an observer of the program, whose errors must not stop the service. */
export type CallObserver = (call: () => unknown) => void;

/** Writes each event to `logger` as one message, at its level. The logger has to deliver it before the process ends. */
export function toLogger(program: string, logger: Logger, callObserver: CallObserver): Observer {
	return (event) => {
		const { level, lines } = describeEvent(event, program);
		callObserver(() => logger[level]?.(prefixed(lines.join("\n"))));
	};
}
