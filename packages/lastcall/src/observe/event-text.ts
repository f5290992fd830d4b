import type { EndedEarly, EndedEarlyReason, InFlight } from "../core/drainable.ts";
import type { ServiceEvent } from "../core/events.ts";
import { cut, printable } from "../core/printable.ts";
import type { ShutdownReport } from "../core/report.ts";
import { describeReason, type Failure, type StopReason, toFailure } from "../core/stop-reason.ts";
import { errorLines } from "./error-lines.ts";

/** How important an event is. */
export type Level = "debug" | "info" | "warn" | "error";

/** An event in words. */
export interface EventText {
	readonly level: Level;
	/** One or more lines, with the stack of an error. They are escaped and short enough to be shown. */
	readonly lines: readonly string[];
}

/** How many are named in a line; the others are counted. */
const NAMED = 5;
/** How many are named if each has a line of its own. */
const NAMED_IN_LINES = 100;

/** The most characters of a stop reason. */
const LONGEST_REASON = 500;

type Texts = {
	readonly [Type in ServiceEvent["type"]]: (event: Extract<ServiceEvent, { type: Type }>, program: string) => EventText;
};

const TEXTS: Texts = {
	listening: ({ name, address }) => text("info", `${name} listens on ${address}`),
	running: (_, program) => text("info", `${program} is running`),
	stopping: ({ reason, gracePeriodMs, gracePeriodFrom, isHeld }, program) => {
		const failure = toFailure(reason);
		const from = gracePeriodFrom === undefined ? "" : ` (${gracePeriodFrom})`;
		const held = isHeld ? ", which its listeners get after the drain; its background work goes on" : "";
		const line = `${program} is shutting down: ${why(reason)}${held}; grace period ${duration(gracePeriodMs)}${from}`;
		return failure === undefined ? text("info", line) : text("error", line, ...failureLines(failure));
	},
	"lame-duck": ({ lameDuckMs }) => text("info", `lame duck for ${duration(lameDuckMs)}: not ready, serving as before`),
	"still-starting": ({ starting }) => {
		const item = ({ name, ageMs }: InFlight): string => `${name === "main" ? name : `${name}/`} (${duration(ageMs)})`;
		return text("info", `still starting: ${list(starting, item)}; move long-running work into service.task`);
	},
	draining: ({ inFlight, idleConnections, lingerMs }) => {
		const idle = lingerMs > 0 ? idleText(idleConnections, ` ${duration(lingerMs)}`) : "";
		return text("info", `draining, ${inFlightText(inFlight)}${idle}`);
	},
	waiting: ({ inFlight, idleConnections, leftMs }) =>
		text("info", `${duration(leftMs)} left, ${inFlightText(inFlight)}${idleText(idleConnections)}`),
	"signal-repeated": ({ signal, leftMs }) =>
		text("info", `${signal} again: already shutting down, ${duration(leftMs)} left; SIGINT (Ctrl+C) stops now`),
	drained: ({ name, durationMs }) => text("debug", `${name} drained after ${duration(durationMs)}`),
	"hard-stop": ({ hardStop, left }) => {
		const cause = hardStop.cause === "deadline" ? "out of time" : why(hardStop.cause);
		const what = left.length === 0 ? "nothing was in flight" : `left ${list(left)}`;
		return text("warn", `hard stop after ${duration(hardStop.atMs)} (${cause}): ${what}`);
	},
	left: ({ left }) => text("warn", `out of time: left ${list(left)}`),
	closing: ({ resources }) => text("info", `closing ${resources} ${resources === 1 ? "resource" : "resources"}`),
	"resource-closing": ({ name }) => text("debug", `closing ${name}`),
	"resource-closed": ({ result }) =>
		text("debug", `${result.name} ${result.outcome} after ${duration(result.durationMs)}`),
	"check-failed": ({ name, error }) => text("warn", ...failureLines({ name: `check ${name}`, error })),
	"check-recovered": ({ name }) => text("info", `check ${name} is ok again`),
	failed: ({ failure }) => text("error", ...failureLines(failure)),
	closed: ({ report }) => text(report.ok ? "info" : "error", ...endedEarlyLines(report), closedLine(report)),
	"all-drained": ({ next, signals, report }) => {
		const steps = {
			listeners: `${signals.join(" and ")} to the program's own listeners`,
			exit: `no listener of the program, exit code ${report.exitCode}`,
			nothing: "the program has had its signal",
			parent: "waiting for the parent",
		};
		const line = `drained after ${duration(report.durationMs)}, ${outcome(report, "every request finished")}; ${steps[next]}`;
		return text(report.ok ? "info" : "error", ...endedEarlyLines(report), line);
	},
	"exit-code-changed": ({ exitCode, reported }) =>
		text("warn", `exit code ${exitCode}, not ${reported}: it was changed after the service was closed`),
	"open-handles": ({ openHandles }) => text("warn", `open handles keep the process running: ${openHandles}; exiting`),
	"stuck-threads": ({ threads, by, exitCode }) => {
		const how = by === "execve" ? `with exit code ${exitCode}` : `by ${by}, not with exit code ${exitCode}`;
		return text("warn", `stuck threads would block process.exit(): ${threads}; ending the process ${how}`);
	},
	warning: ({ warning }) => text("warn", `warning: ${warning.message}`),
	snapshot: ({ snapshot: { phase, ready, leftMs, inFlight }, openHandles }, program) => {
		const left = leftMs === undefined ? "" : `, ${duration(leftMs)} left`;
		return text(
			"info",
			`${program} is ${phase}, ${ready ? "ready" : "not ready"}${left}, ${inFlight.length} in flight`,
			...inFlight.slice(0, NAMED_IN_LINES).map((one) => `  ${inFlightItem(one)}`),
			...(inFlight.length > NAMED_IN_LINES ? [`  and ${inFlight.length - NAMED_IN_LINES} more`] : []),
			`open handles: ${openHandles}`,
		);
	},
};

/**
 * Returns an event as text.
 * @param program the name of the program, for events that are about all of it
 */
export function describeEvent(event: ServiceEvent, program: string): EventText {
	return (TEXTS[event.type] as (event: ServiceEvent, program: string) => EventText)(event, program);
}

/** Returns a duration as text: `40 ms`, `1.2 s`, `73 s`. */
export function duration(ms: number): string {
	if (ms < 1_000) return `${Math.round(ms)} ms`;
	return `${ms < 10_000 ? (ms / 1_000).toFixed(1) : Math.round(ms / 1_000)} s`;
}

function text(level: Level, ...lines: string[]): EventText {
	return { level, lines: lines.map((line) => printable(line)) };
}

const ENDED_EARLY: Readonly<Record<EndedEarlyReason, string>> = {
	"client-reconnects": "event stream ended, its client reconnects",
	"peer-silent": "connection destroyed, its peer did not close it",
	"client-gone": "request no longer waited for, its client had gone",
	"out-of-time": "response ended incomplete, out of time",
};

/** Returns one line for each reason. */
function endedEarlyLines({ endedEarly }: ShutdownReport): string[] {
	const byReason = new Map<EndedEarlyReason, EndedEarly[]>();
	for (const one of endedEarly) {
		const same = byReason.get(one.why);
		if (same === undefined) byReason.set(one.why, [one]);
		else same.push(one);
	}
	return [...byReason].map(([why, all]) => `ended early: ${all.length} × ${ENDED_EARLY[why]}: ${list(all)}`);
}

function closedLine(report: ShutdownReport): string {
	const { durationMs, exitCode } = report;
	return `closed after ${duration(durationMs)}, ${outcome(report, "everything finished")}, exit code ${exitCode}`;
}

function outcome({ left, endedEarly, errors }: ShutdownReport, finished: string): string {
	const parts = [
		...(endedEarly.length > 0 ? [`${endedEarly.length} ended early`] : []),
		...(left.length > 0 ? [`${left.length} left`] : []),
		...(errors.length > 0 ? [`${errors.length} failed`] : []),
	];
	return parts.join(", ") || finished;
}

/** Returns a stop reason that is short enough to have more text after it. */
function why(reason: StopReason): string {
	return cut(describeReason(reason), LONGEST_REASON);
}

function failureLines({ name, error }: Failure): string[] {
	const [first, ...others] = errorLines(error);
	return [`${name} failed: ${first}`, ...others];
}

function inFlightText(inFlight: readonly InFlight[]): string {
	return inFlight.length === 0 ? "nothing in flight" : `${inFlight.length} in flight: ${list(inFlight)}`;
}

/** Returns what the drain waits for that is not in flight. */
function idleText(connections: number, time = ""): string {
	if (connections === 0) return "";
	return `; waiting${time} for requests on ${connections} idle ${connections === 1 ? "connection" : "connections"}`;
}

function list(inFlight: readonly InFlight[], item = inFlightItem): string {
	const named = inFlight.slice(0, NAMED).map(item);
	const more = inFlight.length - named.length;
	return more > 0 ? `${named.join(", ")} and ${more} more` : named.join(", ");
}

function inFlightItem({ name, what, ageMs }: InFlight): string {
	return `${name} ${what} (${duration(ageMs)})`;
}
