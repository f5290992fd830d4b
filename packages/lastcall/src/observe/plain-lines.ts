import { inspect } from "node:util";
import type { InFlight } from "../core/drainable.ts";
import type { Observer, ServiceEvent } from "../core/events.ts";
import type { ShutdownReport } from "../core/report.ts";
import { describeReason, type Failure, failureOf } from "../core/stop-reason.ts";

/** So many are named one by one; the rest is counted. */
const NAMED = 5;

/**
 * Tells the operator in plain lines: who we are, which phase it is, what is in flight by name and age, how it ended.
 * @param who names the program in the first line
 * @param write takes one line, without a line end
 */
export function plainLines(who: string, write: (line: string) => void): Observer {
	return (event) => {
		for (const line of linesOf(event, who).join("\n").split("\n")) write(`lastcall: ${line}`);
	};
}

function linesOf(event: ServiceEvent, who: string): string[] {
	switch (event.type) {
		case "listening":
			return [`${event.name} listens on ${event.address}`];
		case "running":
			return [`${who} is running`];
		case "stopping": {
			const failure = failureOf(event.reason);
			const lines = [
				`${who} is shutting down: ${describeReason(event.reason)}; grace period ${age(event.gracePeriodMs)}`,
			];
			return failure === undefined ? lines : [...lines, failureLine(failure)];
		}
		case "lame-duck":
			return [`lame duck for ${age(event.lameDuckMs)}: not ready, serving as before`];
		case "draining":
			return [`draining, ${inFlightText(event.inFlight)}`];
		case "waiting":
			return [`${age(event.leftMs)} left, ${inFlightText(event.inFlight)}`];
		case "hard-stop":
			return [hardStopLine(event)];
		case "left":
			return [`out of time: left ${list(event.left)}`];
		case "closing":
			return [`closing ${event.resources} ${event.resources === 1 ? "resource" : "resources"}`];
		case "failed":
			return [failureLine(event.failure)];
		case "closed":
			return [closedLine(event.report)];
		case "held":
			return [`still holding the event loop: ${event.holders}; exiting`];
	}
}

function hardStopLine({ hardStop, left }: Extract<ServiceEvent, { type: "hard-stop" }>): string {
	const why = hardStop.cause === "deadline" ? "out of time" : describeReason(hardStop.cause);
	const what = left.length === 0 ? "nothing was in flight" : `left ${list(left)}`;
	return `hard stop after ${age(hardStop.atMs)} (${why}): ${what}`;
}

function closedLine({ durationMs, exitCode, left, errors }: ShutdownReport): string {
	const parts = [
		...(left.length > 0 ? [`${left.length} left`] : []),
		...(errors.length > 0 ? [`${errors.length} failed`] : []),
	];
	return `closed after ${age(durationMs)}, ${parts.join(", ") || "everything finished"}, exit code ${exitCode}`;
}

function failureLine({ name, error }: Failure): string {
	return `${name} failed: ${inspect(error)}`;
}

function inFlightText(inFlight: readonly InFlight[]): string {
	return inFlight.length === 0 ? "nothing in flight" : `${inFlight.length} in flight: ${list(inFlight)}`;
}

function list(inFlight: readonly InFlight[]): string {
	const named = inFlight.slice(0, NAMED).map(({ name, what, ageMs }) => `${name} ${what} (${age(ageMs)})`);
	const more = inFlight.length - named.length;
	return more > 0 ? `${named.join(", ")} and ${more} more` : named.join(", ");
}

/** `40 ms`, `1.2 s`, `73 s`. */
function age(ms: number): string {
	if (ms < 1_000) return `${Math.round(ms)} ms`;
	return `${ms < 10_000 ? (ms / 1_000).toFixed(1) : Math.round(ms / 1_000)} s`;
}
