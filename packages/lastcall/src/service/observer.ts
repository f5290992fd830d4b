import { quote } from "../core/check-options.ts";
import type { Observer } from "../core/events.ts";
import type { Warning } from "../core/warning.ts";
import { publish } from "../observe/diagnostics.ts";
import { describeEvent } from "../observe/event-text.ts";
import { ERASE } from "../observe/live-lines.ts";
import { prefixed } from "../observe/log-prefix.ts";
import { createReporter } from "../observe/reporter.ts";
import { callObserver, observerWarning } from "../process/observer-errors.ts";
import { detectProgramName } from "../process/program-name.ts";
import { logToStderr } from "../process/stderr.ts";
import { stderrTerminal } from "../process/terminal.ts";
import type { ServiceOptions } from "./service-options.ts";

/** Creates the observer of a service: the log that the options ask for, and the diagnostics channel. */
export function createObserver(options: ServiceOptions): Observer {
	const program = { name: programName(options), pid: process.pid };
	const onLogError = warnOnce("the log of this program failed");
	const onSubscriberError = warnOnce("a subscriber of the diagnostics channel threw an error");
	const stderr = { writeLine: logToStderr, terminal: stderrTerminal() };
	const report = createReporter(options.log, program, stderr, (call) => callObserver(call, onLogError));
	const isLogOfProgram = typeof options.log === "function" || typeof options.log === "object";
	return (event, service) => {
		try {
			report(event, service);
		} finally {
			// The warning may be about this very log.
			if (isLogOfProgram && event.type === "warning" && event.warning.code === "observer") warnOnStderr(event.warning);
			// Node.js catches what a subscriber throws, and throws it where only `uncaughtException` gets it: see `isObserverError`.
			callObserver(() => publish(event, service), onSubscriberError);
		}
	};
}

/**
 * Returns the last line of the log, for when the event loop is blocked past the deadline. Something else than the log
 * has to write it then. It is empty if there is no log.
 */
export function blockedLoopLine({ log }: ServiceOptions, name: string): string {
	if (log === false) return "";
	// The kernel ignores a SIGKILL that PID 1 sends to itself.
	const end = process.pid === 1 ? "exit code 1" : "SIGKILL";
	const msg = `the event loop is blocked past the deadline; ending the process with ${end}`;
	const line = log === "json" ? JSON.stringify({ level: "error", name, pid: process.pid, msg }) : prefixed(msg);
	// Where the live block is, it is below the cursor.
	const isLive = log === undefined && stderrTerminal() !== undefined;
	return `${isLive ? `\r${ERASE}` : ""}${line}\n`;
}

/**
 * Returns the name of the program.
 * @throws {TypeError} if the option is not a string
 */
export function programName({ name = detectProgramName() }: ServiceOptions): string {
	if (typeof name !== "string") throw new TypeError(`name: wanted a string, got ${quote(name)}`);
	return name;
}

/** Returns a function that writes a warning to standard error for the first of these errors. */
function warnOnce(what: string): (error: unknown) => void {
	let hasWarned = false;
	return (error) => {
		if (hasWarned) return;
		hasWarned = true;
		warnOnStderr(observerWarning(what, error));
	};
}

function warnOnStderr(warning: Warning): void {
	for (const line of describeEvent({ type: "warning", warning }, "").lines) logToStderr(prefixed(line));
}
