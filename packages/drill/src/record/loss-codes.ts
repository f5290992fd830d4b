import { type ReasonText, some, were } from "./reason-text.ts";

/** Why a request was lost. */
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
	"in Node.js, server.keepAliveTimeout = 65_000 for a load balancer with an idle timeout of 60 s";

/** The texts, the gravest first. */
export const LOSS_REASONS: Readonly<Record<LossCode, ReasonText>> = {
	"lost-before-stop": {
		what: (count) => `${were(count, "request")} lost before the stop`,
		advice:
			"The target loses requests in normal service too, or the load is too high: fix that first, or lower the load",
	},
	"keep-alive-race": {
		what: (count) =>
			`${were(count, "request")} lost in normal service: the server ended idle kept-alive connections while requests were on their way`,
		advice: `Keep idle connections open longer than any client or load balancer does: ${KEEP_ALIVE_LONGER}`,
	},
	"idle-connection": {
		what: (count) =>
			`${were(count, "request")} lost on kept-alive connections: the server closed them after a response without Connection: close, while requests were on their way`,
		advice:
			"Answer one more request on each connection with Connection: close. Before ending a connection that is idle, or whose response had begun before the stop, linger",
	},
	"accept-queue": {
		what: (count) =>
			`${were(count, "request")} lost on new connections: the kernel had completed them, but the process never accepted or read them`,
		advice: "Empty the accept queue before closing the listener, and give new connections time for their first request",
	},
	"dropped-in-flight": {
		what: (count) =>
			`${were(count, "request")} dropped in flight: the server ended while clients waited for their responses`,
		advice: "Wait until every request in flight is answered before the process exits",
	},
	"grace-period": {
		what: (count) => `${were(count, "request")} still in flight when the grace period was over`,
		advice:
			"Answer requests that can't finish in time with a 503, or raise the grace period in the server and the platform",
	},
	"left-open": {
		what: (count) =>
			`${some(count, "response")}, counting event streams and WebSockets, had begun and not ended when the grace period was over`,
		advice:
			"A response that has begun can't become a 503. End event streams of clients that reconnect after a whole event, send WebSockets a close frame, and let the others finish or raise the grace period",
	},
	"answer-cut": {
		what: (count) => `${were(count, "response")} cut off in the middle`,
		advice:
			"Wait until responses are flushed to the socket, not only ended, and don't destroy sockets that still have bytes to write",
	},
	"upload-reset": {
		what: (count) => `${were(count, "upload")} reset or left without a response`,
		advice: "Read request bodies to their end, half-close after the response, and read on until the client has closed",
	},
	"pipelined-dropped": {
		what: (count) => `${were(count, "pipelined request")} dropped without a response`,
		advice:
			"Send Connection: close only with the last response of a connection, and answer every request that was read before it",
	},
	"stream-cut": {
		what: (count) => `${were(count, "event stream")} cut off`,
		advice: "End event streams of clients that reconnect after a whole event, and let all others finish",
	},
	"no-close-frame": {
		what: (count) => `${some(count, "WebSocket")} ended without a close frame (code 1006)`,
		advice: "Send a close frame with code 1001 and wait for the client's",
	},
	"message-lost": {
		what: (count) => `${some(count, "WebSocket message")} got no response`,
		advice: "Respond to the messages that have arrived before sending the close frame",
	},
	"http2-stream": {
		what: (count) => `${were(count, "HTTP/2 stream")} dropped without GOAWAY or REFUSED_STREAM`,
		advice: "Send GOAWAY to every session, finish its streams, and only then close it",
	},
	"after-exit": {
		what: (count) => `${were(count, "request")} sent to a port that was open, but that no process served any more`,
		advice: "End the processes that inherited the listening socket",
	},
	"bad-gateway": {
		what: (count) => `${were(count, "request")} answered by a gateway in place of the server (502, 504)`,
		advice:
			"Send Connection: close, let idle connections linger, and report not ready before the shutdown until the load balancer sends no more requests",
	},
};
