import { duration } from "./durations.ts";
import { KEEP_ALIVE_LONGER, LOSS_REASONS, type LossCode } from "./loss-codes.ts";
import { type ReasonText, some, were } from "./reason-text.ts";

/** What can be wrong, or worth a note, with the process and with the responses. */
export type ProcessCode =
	| "no-handler"
	| "killed-after-grace"
	| "exit-code"
	| "loss-hidden"
	| "second-signal"
	| "left-process"
	| "port-held"
	| "answered-after-exit"
	| "keep-alive-too-short"
	| "stop-command"
	| "too-slow"
	| "too-many-refused"
	| "mostly-errors"
	| "errors-after-stop"
	| "errors-before-stop"
	| "ended-by-signal";

/** Every code. */
export type ReasonCode = LossCode | ProcessCode;

const PROCESS_REASONS: Readonly<Record<ProcessCode, ReasonText>> = {
	"no-handler": {
		what: () =>
			"The signal ended the target at once: the target does not handle it, or does not wait for requests in flight",
		advice: "Handle the signal and shut down gracefully. As PID 1, a process without a handler even ignores it",
	},
	"killed-after-grace": {
		what: () => "The target was still running at the end of its grace period, and was killed",
		advice: "Exit within the grace period, if necessary by a hard stop",
	},
	"exit-code": {
		what: () => "The target ended with an unexpected exit code or by another signal",
		advice: "Exit with 0 if everything finished, or allow other exit codes with --exit-code",
	},
	"loss-hidden": {
		what: () => "The target dropped requests in flight and ended with 0 nevertheless",
		advice: "Exit with a code other than 0 after a hard stop, so that the loss is noticed",
	},
	"second-signal": {
		what: () => "A SIGINT during the shutdown did not end the target at once",
		advice: "Treat a SIGINT during the shutdown as a hard stop: a person has pressed Ctrl+C",
	},
	"left-process": {
		what: (count) => `${some(count, "process")} of the target outlived it`,
		advice: "End child processes and wait for them before exiting, or exec the program in place of its shell or npm",
	},
	"port-held": {
		what: () => "The port was still open after the exit",
		advice: "End the processes that inherited the listening socket",
	},
	"answered-after-exit": {
		what: (count) => `${were(count, "request")} answered after the exit`,
		advice: "End the processes that go on serving, or give the drill the process that really serves",
	},
	"keep-alive-too-short": {
		what: (_count, { idleMs }) => `The server ended an idle kept-alive connection after ${duration(idleMs)}`,
		advice: `A load balancer that keeps connections longer sends requests on connections that are just being closed, and responds with 502. Keep them open longer: ${KEEP_ALIVE_LONGER}. --idle-timeout 60s checks it`,
	},
	"stop-command": {
		what: () => "The stop command failed",
		advice: "Run it by hand to see why, or add -v to see its output",
	},
	"too-slow": {
		what: () => "The target took longer to exit than --max-exit-ms allows",
		advice: "Find out what it waits for: kept-alive connections, timers, connection pools",
	},
	"too-many-refused": {
		what: (count) => `${were(count, "connection")} refused, more than --max-refused allows`,
		advice:
			"Start a successor on the port before the old process closes it, or let the load balancer take the old one out first",
	},
	"mostly-errors": {
		what: (count, { statuses }) =>
			`${were(count, "request")} answered with an error or refused before the stop (${statuses}), more than --max-errors allows, so the drill proves little`,
		advice:
			"Send requests that the target serves (--path, --method, --header, --body) at a rate that it allows (--connections, --rate), or raise --max-errors if these responses are right",
	},
	"errors-after-stop": {
		what: (count, { statuses }) =>
			`${were(count, "request")} answered with an error after the stop (${statuses}), and hardly any were before it`,
		advice: "Close what requests need, such as a database, only after the last response",
	},
	"errors-before-stop": {
		what: (count, { statuses }) =>
			`${were(count, "request")} answered with an error or refused before the stop (${statuses})`,
		advice:
			"Error responses prove less than successful ones: send requests that the target serves, at a rate that it allows",
	},
	"ended-by-signal": {
		what: () => "The target ended by the signal itself, or with exit code 128 + the signal's number",
		advice:
			"Exit with 0 if your platform counts this as a failure, as a Kubernetes Job does, or list the right exit codes with --exit-code",
	},
};

/** Reasons that are worth knowing, but no fault. */
const NOTES: ReadonlySet<ReasonCode> = new Set(["errors-before-stop", "ended-by-signal"]);

/** All texts, the gravest first. */
export const REASON_TEXTS: Readonly<Record<ReasonCode, ReasonText>> = { ...LOSS_REASONS, ...PROCESS_REASONS };

/** Returns true if a code says why requests were lost. */
export function isLossCode(code: ReasonCode): code is LossCode {
	return code in LOSS_REASONS;
}

/** Returns true if a code doesn't make a drill fail. */
export function isNote(code: ReasonCode, { idleTimeout }: { readonly idleTimeout?: number }): boolean {
	// Without the load balancer's idle timeout, the drill can't know whether the server's is too short.
	return NOTES.has(code) || (code === "keep-alive-too-short" && idleTimeout === undefined);
}
