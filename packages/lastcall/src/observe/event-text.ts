import type { EndedEarly, EndedEarlyReason, InFlight } from "../core/drainable.ts";
import type { ServiceEvent } from "../core/events.ts";
import { cut, printable } from "../core/printable.ts";
import type { ShutdownReport } from "../core/report.ts";
import { describeReason, type Failure, failureOf, type StopReason } from "../core/stop-reason.ts";
import { errorLines } from "./error-lines.ts";

/** How much an event matters. `debug`: only to those who want to know everything. */
export type Level = "debug" | "info" | "warn" | "error";

/** An event in words. */
export interface EventText {
	readonly level: Level;
	/** One or more lines; an error's stack is in them. Nothing in them has to be escaped before it is shown, or made shorter. */
	readonly lines: readonly string[];
}

/** So many are named one by one in a line; the rest is counted. */
const NAMED = 5;
/** The same where each has a line of its own. */
const NAMED_IN_LINES = 100;

const LONGEST_REASON = 500;

type Texts = {
	readonly [Type in ServiceEvent["type"]]: (event: Extract<ServiceEvent, { type: Type }>, who: string) => EventText;
};

const TEXTS: Texts = {
	listening: ({ name, address }) => text("info", `${name} listens on ${address}`),
	running: (_, who) => text("info", `${who} is running`),
	stopping: ({ reason, gracePeriodMs }, who) => {
		const failure = failureOf(reason);
		const line = `${who} is shutting down: ${why(reason)}; grace period ${duration(gracePeriodMs)}`;
		return failure === undefined ? text("info", line) : text("error", line, ...failureLines(failure));
	},
	"lame-duck": ({ lameDuckMs }) => text("info", `lame duck for ${duration(lameDuckMs)}: not ready, serving as before`),
	draining: ({ inFlight }) => text("info", `draining, ${inFlightText(inFlight)}`),
	waiting: ({ inFlight, leftMs }) => text("info", `${duration(leftMs)} left, ${inFlightText(inFlight)}`),
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
	"exit-code-changed": ({ exitCode, reported }) =>
		text("warn", `exit code ${exitCode}, not ${reported}: it was changed after the service was closed`),
	held: ({ holders }) => text("warn", `still holding the event loop: ${holders}; exiting`),
	stuck: ({ threads, by, exitCode }) => {
		const how = by === "execve" ? `with exit code ${exitCode}` : `by ${by}, not with exit code ${exitCode}`;
		return text("warn", `process.exit() would wait for threads that are stuck: ${threads}; ending the process ${how}`);
	},
	warning: ({ warning }) => text("warn", `warning: ${warning.message}`),
	snapshot: ({ snapshot: { phase, ready, leftMs, inFlight }, holders }, who) => {
		const left = leftMs === undefined ? "" : `, ${duration(leftMs)} left`;
		return text(
			"info",
			`${who} is ${phase}, ${ready ? "ready" : "not ready"}${left}, ${inFlight.length} in flight`,
			...inFlight.slice(0, NAMED_IN_LINES).map((one) => `  ${inFlightItem(one)}`),
			...(inFlight.length > NAMED_IN_LINES ? [`  and ${inFlight.length - NAMED_IN_LINES} more`] : []),
			`holding the event loop: ${holders}`,
		);
	},
};

/** @param who names the program, where the event is about all of it */
export function textOf(event: ServiceEvent, who: string): EventText {
	return (TEXTS[event.type] as (event: ServiceEvent, who: string) => EventText)(event, who);
}

/** `40 ms`, `1.2 s`, `73 s`. */
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
	"client-gone": "request not waited for any longer, its client had gone",
	"out-of-time": "response ended incomplete, out of time",
};

/** One line for each reason there was. */
function endedEarlyLines({ endedEarly }: ShutdownReport): string[] {
	const byReason = new Map<EndedEarlyReason, EndedEarly[]>();
	for (const one of endedEarly) {
		const same = byReason.get(one.why);
		if (same === undefined) byReason.set(one.why, [one]);
		else same.push(one);
	}
	return [...byReason].map(([why, all]) => `ended early: ${all.length} × ${ENDED_EARLY[why]}: ${list(all)}`);
}

function closedLine({ durationMs, exitCode, left, endedEarly, errors }: ShutdownReport): string {
	const parts = [
		...(endedEarly.length > 0 ? [`${endedEarly.length} ended early`] : []),
		...(left.length > 0 ? [`${left.length} left`] : []),
		...(errors.length > 0 ? [`${errors.length} failed`] : []),
	];
	return `closed after ${duration(durationMs)}, ${parts.join(", ") || "everything finished"}, exit code ${exitCode}`;
}

/** Short enough for what comes after it in the line. */
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

function list(inFlight: readonly InFlight[]): string {
	const named = inFlight.slice(0, NAMED).map(inFlightItem);
	const more = inFlight.length - named.length;
	return more > 0 ? `${named.join(", ")} and ${more} more` : named.join(", ");
}

function inFlightItem({ name, what, ageMs }: InFlight): string {
	return `${name} ${what} (${duration(ageMs)})`;
}
