import type { RoundReport } from "../report/drill-report.ts";
import { duration } from "../report/durations.ts";
import { some, were } from "./counted.ts";

/** What one reason says of so many requests, processes or rounds. The README has a heading for each code. */
interface ReasonText {
	readonly what: (count: number, rounds: readonly RoundReport[]) => string;
	readonly advice: string;
}

/** Why a request can be lost: the answer to "and what is wrong with my server?". */
export type LossCode =
	| "lost-before-stop"
	| "keep-alive-race"
	| "idle-connection"
	| "accept-queue"
	| "dropped-in-flight"
	| "grace-period"
	| "left-open"
	| "answer-cut"
	| "upload-reset"
	| "pipelined-dropped"
	| "stream-cut"
	| "no-close-frame"
	| "message-lost"
	| "http2-stream"
	| "after-exit"
	| "bad-gateway";

/** What can be wrong with the process itself. */
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
	| "too-many-refused";

/** Every code. */
export type ReasonCode = LossCode | ProcessCode;

const KEEP_ALIVE_LONGER = "in Node.js, server.keepAliveTimeout = 65_000 where the load balancer's idle timeout is 60 s";

const LOSS_REASONS: Readonly<Record<LossCode, ReasonText>> = {
	"lost-before-stop": {
		what: (count) => `${were(count, "request")} lost before the target was told to stop`,
		advice:
			"It loses requests in normal service too, or the load is more than it bears: mend that first, or ask for less",
	},
	"keep-alive-race": {
		what: (count) =>
			`${were(count, "request")} lost in normal service, on idle kept-alive connections that the server ended while requests were on their way`,
		advice: `Keep idle connections open for longer than any client and load balancer does: ${KEEP_ALIVE_LONGER}`,
	},
	"idle-connection": {
		what: (count) =>
			`${were(count, "request")} lost on kept-alive connections: the server closed them after a response without Connection: close, while requests were on their way`,
		advice:
			"Answer one more request on each connection with Connection: close; let idle ones, and those whose response had begun before the stop, linger before ending them",
	},
	"accept-queue": {
		what: (count) =>
			`${were(count, "request")} lost on new connections: the kernel had completed them, and the process never accepted or read them`,
		advice: "Empty the accept queue before closing the listener, and give new connections time for their first request",
	},
	"dropped-in-flight": {
		what: (count) =>
			`${were(count, "request")} dropped in flight: the server ended while clients waited for their answers`,
		advice: "Wait until everything in flight is answered before the process exits",
	},
	"grace-period": {
		what: (count) => `${were(count, "request")} still in flight when the grace period was over`,
		advice: "Answer what can't finish in time with a 503, or raise the grace period on both sides",
	},
	"left-open": {
		what: (count) =>
			`${some(count, "response")}, event streams and WebSockets among them, had begun and not ended when the grace period was over`,
		advice:
			"What has begun can't be answered with a 503: end the event streams of clients that reconnect after a whole event, send WebSockets a close frame, and let the rest finish or raise the grace period",
	},
	"answer-cut": {
		what: (count) => `${were(count, "answer")} cut off in the middle`,
		advice:
			"Wait until answers are flushed to the socket, not only ended, and don't destroy sockets that still have bytes to write",
	},
	"upload-reset": {
		what: (count) => `${were(count, "upload")} reset or left without an answer`,
		advice: "Read request bodies to their end, half-close after the answer and read on until the client has closed",
	},
	"pipelined-dropped": {
		what: (count) => `${were(count, "pipelined request")} dropped without an answer`,
		advice:
			"Say Connection: close on the last answer of a connection only, and answer everything that was read before it",
	},
	"stream-cut": {
		what: (count) => `${were(count, "event stream")} cut off`,
		advice: "End the event streams of clients that reconnect after a whole event, and let all others finish",
	},
	"no-close-frame": {
		what: (count) => `${some(count, "WebSocket")} ended without a close frame (code 1006)`,
		advice: "Send a close frame with code 1001 and wait for the client's",
	},
	"message-lost": {
		what: (count) => `${some(count, "WebSocket message")} got no answer`,
		advice: "Answer the messages that have arrived before the close frame",
	},
	"http2-stream": {
		what: (count) => `${were(count, "HTTP/2 stream")} dropped without the protocol's word for it`,
		advice: "Send GOAWAY to every session, finish its streams, and only then close it",
	},
	"after-exit": {
		what: (count) => `${were(count, "request")} taken by a port that nobody served any more`,
		advice: "End the processes that inherited the listening socket",
	},
	"bad-gateway": {
		what: (count) => `${were(count, "request")} answered by a gateway in the server's place (502, 504)`,
		advice:
			"Say Connection: close, let idle connections linger, and be a lame duck until the load balancer has learned that you are going",
	},
};

const PROCESS_REASONS: Readonly<Record<ProcessCode, ReasonText>> = {
	"no-handler": {
		what: () => "The target was ended by the signal itself: it does not handle it",
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
		what: (_count, rounds) => {
			const shortestMs = Math.min(
				...rounds.map(({ idleConnection }) => idleConnection?.heldMs ?? Number.POSITIVE_INFINITY),
			);
			return `The server ended an idle kept-alive connection after ${duration(shortestMs)}`;
		},
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
};

/** All texts, the gravest first. */
export const REASON_TEXTS: Readonly<Record<ReasonCode, ReasonText>> = { ...LOSS_REASONS, ...PROCESS_REASONS };

/** Reports whether a code says why requests were lost. */
export function isLossCode(code: ReasonCode): code is LossCode {
	return code in LOSS_REASONS;
}
