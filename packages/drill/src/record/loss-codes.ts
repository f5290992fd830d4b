import { type ReasonText, some, were } from "./reason-text.ts";

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

export const KEEP_ALIVE_LONGER =
	"in Node.js, server.keepAliveTimeout = 65_000 where the load balancer's idle timeout is 60 s";

/** What each says, the gravest first. */
export const LOSS_REASONS: Readonly<Record<LossCode, ReasonText>> = {
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
