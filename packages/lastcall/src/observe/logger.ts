import type { Observer } from "../core/events.ts";
import { textOf } from "./event-text.ts";

/** A logger of the program's own (pino, winston, `console`, …): each method takes one message of one or more lines. */
export interface Logger {
	debug?(message: string): void;
	info(message: string): void;
	warn(message: string): void;
	error(message: string): void;
}

/** Reports whether `log` is a logger. */
export function isLogger(log: unknown): log is Logger {
	const methods = (log ?? {}) as Partial<Logger>;
	return [methods.info, methods.warn, methods.error].every((method) => typeof method === "function");
}

/** Calls code of the program that must not disturb the service, whatever it throws or rejects with. */
export type CallObserver = (call: () => unknown) => void;

/** Tells `logger` each event as one message, at its level. What it does with it is up to it, to deliver it in time too. */
export function toLogger(who: string, logger: Logger, callObserver: CallObserver): Observer {
	return (event) => {
		const { level, lines } = textOf(event, who);
		callObserver(() => logger[level]?.(`lastcall: ${lines.join("\n")}`));
	};
}
