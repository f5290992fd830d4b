import type { Http2ServerResponse, Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { isReconnecting } from "../answers/event-stream.ts";
import type { RequestInFlight } from "../listening/request-name.ts";

/** The one method of gRPC whose stream never ends by definition: its client watches for as long as it lives. */
export const HEALTH_WATCH = "/grpc.health.v1.Health/Watch";

/** A stream whose answer is not out. */
export interface StreamInFlight {
	readonly stream: ServerHttp2Stream;
	readonly headers: IncomingHttpHeaders;
	readonly startedAt: number;
	/** Where the program uses the API that is above the stream. */
	response?: Http2ServerResponse;
}

/** The codes of RFC 9113 §7. Written out, so that a program without HTTP/2 need not load `node:http2`. */
const NO_ERROR = 0;
const REFUSED_STREAM = 7;

/** The request of a stream, without its objects. */
export function requestOf({ headers, startedAt }: StreamInFlight): RequestInFlight {
	const { ":method": method, ":path": path, ":authority": authority } = headers;
	return { as: method === "CONNECT" ? "upgraded stream" : undefined, method, target: path ?? authority, startedAt };
}

/** Returns true for a stream that ends only after GOAWAY, or has no end of its own: GOAWAY can't wait for it. */
export function endsBehindGoaway({ stream, headers }: StreamInFlight): boolean {
	const { ":method": method, ":path": path } = headers;
	return method === "CONNECT" || path === HEALTH_WATCH || isReconnecting({ method, headers, response: stream });
}

/** Tells the client that its request, which is held, was not processed. */
export function refuse(stream: ServerHttp2Stream): void {
	stream.close(REFUSED_STREAM);
}

/** Ends a session with GOAWAY, after what is in flight. What came after the stream `lastServed` was not processed. */
export function closeSession(session: Http2Session, lastServed: number | undefined): void {
	if (lastServed === undefined) return void session.close();
	session.goaway(NO_ERROR, lastServed);
	// Not before that is out: its own GOAWAY would name a higher stream.
	setImmediate(() => session.close());
}
