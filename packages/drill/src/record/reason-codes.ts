import { duration } from "./durations.ts";
import { KEEP_ALIVE_LONGER, LOSS_REASONS, type LossCode } from "./loss-codes.ts";
import { type ReasonText, some, were } from "./reason-text.ts";

/** What can be wrong besides, or be worth a note: with the process, and with the responses. */
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
		what: () => "The signal ended the target at once: it does not handle it, or does not wait for what is in flight",
		advice: "Listen for the signal and shut down; as PID 1 it would even be ignored",
	},
	"killed-after-grace": {
		what: () => "The target was still running when its grace period was over, and was killed",
		advice: "End within the grace period, by a hard stop where nothing else helps",
	},
	"exit-code": {
		what: () => "The target ended with a wrong exit code or by another signal",
		advice: "Exit with 0 when everything finished; allow others with --exit-code",
	},
	"loss-hidden": {
		what: () => "The target dropped what was in flight and ended with 0 all the same",
		advice: "Exit with a code other than 0 after a hard stop, so that somebody learns of it",
	},
	"second-signal": {
		what: () => "A SIGINT during the shutdown did not end the target at once",
		advice: "Take a SIGINT that comes during the shutdown for a hard stop: a person has pressed Ctrl+C",
	},
	"left-process": {
		what: (count) => `${some(count, "process")} of the target outlived it`,
		advice: "End children and wait for them before exiting, or exec the program in place of its shell or npm",
	},
	"port-held": {
		what: () => "The port was still open after the exit",
		advice: "End whoever inherited the listening socket",
	},
	"answered-after-exit": {
		what: (count) => `${were(count, "request")} answered after the exit`,
		advice: "End the processes that go on serving, or tell the drill the process that really serves",
	},
	"keep-alive-too-short": {
		what: (_count, { idleMs }) => `The server ended an idle kept-alive connection after ${duration(idleMs)}`,
		advice: `A load balancer that keeps its connections for longer sends requests on connections that are being ended, and answers 502: ${KEEP_ALIVE_LONGER}. --idle-timeout 60s checks it`,
	},
	"stop-command": {
		what: () => "The stop command failed",
		advice: "Run it by hand to see why; -v shows what it says",
	},
	"too-slow": {
		what: () => "The target took longer to exit than --max-exit-ms allows",
		advice: "Look at what it waits for: kept-alive connections, timers, pools",
	},
	"too-many-refused": {
		what: (count) => `${were(count, "connection")} refused, more than --max-refused allows`,
		advice: "Let a successor take the port before the old process closes it, or the load balancer learn of it first",
	},
	"mostly-errors": {
		what: (count, { statuses }) =>
			`${were(count, "request")} answered with an error or refused before the stop (${statuses}), more than --max-errors allows: the drill proves little`,
		advice:
			"Drill what the target serves (--path, --method, --header, --body) at a rate that it allows (--connections, --rate), or raise --max-errors where these are the right answers",
	},
	"errors-after-stop": {
		what: (count, { statuses }) =>
			`${were(count, "request")} answered with an error after the stop (${statuses}), and hardly any before it`,
		advice: "Close what requests need, such as a database, only when the last of them is answered",
	},
	"errors-before-stop": {
		what: (count, { statuses }) =>
			`${were(count, "request")} answered with an error or refused before the stop (${statuses})`,
		advice: "These prove less than requests that are served: drill what the target serves, at a rate that it allows",
	},
	"ended-by-signal": {
		what: () => "The target ended by the signal itself, or with its exit code (128 + the signal's number)",
		advice:
			"Exit with 0 where that counts as a failure, as in a Kubernetes Job, or say with --exit-code which exit codes are right",
	},
};

/** What is worth knowing and no fault. */
const NOTES: ReadonlySet<ReasonCode> = new Set(["errors-before-stop", "ended-by-signal"]);

/** All texts, the gravest first. */
export const REASON_TEXTS: Readonly<Record<ReasonCode, ReasonText>> = { ...LOSS_REASONS, ...PROCESS_REASONS };

/** Reports whether a code says why requests were lost. */
export function isLossCode(code: ReasonCode): code is LossCode {
	return code in LOSS_REASONS;
}

/** Returns true if a code doesn't make a drill fail. */
export function isNote(code: ReasonCode, { idleTimeout }: { readonly idleTimeout?: number }): boolean {
	// Whether it is too short depends on the load balancer.
	return NOTES.has(code) || (code === "keep-alive-too-short" && idleTimeout === undefined);
}
