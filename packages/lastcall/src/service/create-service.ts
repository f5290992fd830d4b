import { basename, extname } from "node:path";
import { checkOptionNames, quote } from "../core/check-options.ts";
import type { Observer } from "../core/events.ts";
import type { Warning } from "../core/warning.ts";
import { publish } from "../observe/diagnostics.ts";
import { textOf } from "../observe/event-text.ts";
import { reporterOf } from "../observe/reporter.ts";
import { callObserver, observerWarning } from "../process/observer-errors.ts";
import { logToStderr } from "../process/stderr.ts";
import { systemClock } from "../process/system-clock.ts";
import { stderrTerminal } from "../process/terminal.ts";
import { RootService } from "./root-service.ts";
import type { HostedService, ServiceOptions } from "./service.ts";

/** The names of the options of {@link createService}. */
export const SERVICE_OPTIONS: readonly (keyof ServiceOptions)[] = [
	"gracePeriodMs",
	"crashGracePeriodMs",
	"lameDuckMs",
	"lingerMs",
	"spreadMs",
	"closeReserveMs",
	"name",
	"signal",
	"log",
	"showQueryStrings",
];

/**
 * A service whose process is not its own: it hears no signal, catches no crash and never ends the process.
 * For tests, and for hosts that do these things themselves. Its host calls `start()`, then `stop()`, and `stopNow()` for
 * a hard stop, such as at a second Ctrl+C.
 *
 * @throws {TypeError} for an option that there isn't, or one of the wrong type
 * @throws {RangeError} for a time that is out of range, or times that don't fit into the grace period
 */
export function createService(options: ServiceOptions = {}): HostedService {
	checkOptionNames(options, SERVICE_OPTIONS);
	return serviceOf(options, observerOf(options));
}

/** The same, with its options checked already. */
export function serviceOf(options: ServiceOptions, observer: Observer): RootService {
	const { signal } = options;
	if (signal !== undefined && !(signal instanceof AbortSignal)) {
		throw new TypeError(`signal: wanted an AbortSignal, got ${quote(signal)}`);
	}
	return new RootService({ ...options, name: nameOf(options) }, systemClock, observer);
}

/** Whoever is told what happens: the log that the options ask for, and those who subscribe to the diagnostics channel. */
export function observerOf(options: ServiceOptions): Observer {
	const who = { name: nameOf(options), pid: process.pid };
	const logFailed = warnOnce("the log of this program failed");
	const subscriberFailed = warnOnce("a subscriber of the diagnostics channel threw");
	const stderr = { writeLine: logToStderr, terminal: stderrTerminal() };
	const report = reporterOf(options.log, who, stderr, (call) => callObserver(call, logFailed));
	const isGuest = typeof options.log === "function" || typeof options.log === "object";
	return (event, service) => {
		try {
			report(event, service);
		} finally {
			// It may be the log that has failed.
			if (isGuest && event.type === "warning" && event.warning.code === "observer") warnOnStderr(event.warning);
			// Node.js catches what a subscriber throws, and throws it where nobody else can catch it: see `isObserverError`.
			callObserver(() => publish(event, service), subscriberFailed);
		}
	};
}

/** Warns of the first of these errors on standard error. */
function warnOnce(what: string): (error: unknown) => void {
	let hasWarned = false;
	return (error) => {
		if (hasWarned) return;
		hasWarned = true;
		warnOnStderr(observerWarning(what, error));
	};
}

function warnOnStderr(warning: Warning): void {
	for (const line of textOf({ type: "warning", warning }, "").lines) logToStderr(`lastcall: ${line}`);
}

function nameOf({ name = programName() }: ServiceOptions): string {
	if (typeof name !== "string") throw new TypeError(`name: wanted a string, got ${quote(name)}`);
	return name;
}

function programName(): string {
	const main = process.argv[1];
	return main === undefined ? "node" : basename(main, extname(main));
}
