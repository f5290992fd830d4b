import type { Http2ServerResponse, Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { RequestInFlight } from "../listening/request-name.ts";
import { isReconnecting } from "../responses/event-stream.ts";

/** The one method of gRPC whose stream has no end by definition: its client watches for as long as it runs. */
export const HEALTH_WATCH = "/grpc.health.v1.Health/Watch";

/** A stream whose response has not been sent. */
export interface StreamInFlight {
	readonly stream: ServerHttp2Stream;
	readonly headers: IncomingHttpHeaders;
	readonly startedAt: number;
	/** Set where the program uses the API above the stream. */
	response?: Http2ServerResponse | undefined;
}

/** The codes of RFC 9113, section 7. Written out, so that a program without HTTP/2 need not load `node:http2`. */
const NO_ERROR = 0;
const REFUSED_STREAM = 7;

/** Describes the request of a stream without its objects. */
export function toRequestInFlight({ headers, startedAt }: StreamInFlight): RequestInFlight {
	const { ":method": method, ":path": path, ":authority": authority } = headers;
	return { as: method === "CONNECT" ? "upgraded stream" : undefined, method, target: path ?? authority, startedAt };
}

/** Returns true for a stream that GOAWAY can't wait for: it is ended after GOAWAY, or has no end of its own. */
export function endsAfterGoaway({ stream, headers }: StreamInFlight): boolean {
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
	// Later, when that GOAWAY has been sent: the one that `close()` sends would name a higher stream.
	setImmediate(() => session.close());
}
