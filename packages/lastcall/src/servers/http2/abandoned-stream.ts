import type { AbandonedRequests } from "../listening/abandoned-requests.ts";
import { isReconnecting } from "../responses/event-stream.ts";
import { type StreamInFlight, toRequestInFlight } from "./http2-stream.ts";

/** The codes by which a server resets a stream (RFC 9113, section 7). No client resets its own request by these. */
const INTERNAL_ERROR = 2;
const REFUSED_STREAM = 7;

/** Adds an HTTP/2 stream that was closed before its response was ended: its handler may be in the middle of its work. */
export function abandonStream(entry: StreamInFlight, abandoned: AbandonedRequests): void {
	const { stream, response } = entry;
	if (stream.rstCode === INTERNAL_ERROR || stream.rstCode === REFUSED_STREAM || endsUnseen(entry)) return;
	// `writableEnded` is true for every closed stream, and never becomes true for the response above it. So the methods by which
	// the handler ends them are shadowed on these two objects.
	const watched = { writableEnded: false };
	const ended = (): void => {
		watched.writableEnded = true;
	};
	for (const method of ["respond", "respondWithFile", "respondWithFD", "end", "close", "destroy"] as const) {
		afterCall(stream, method, ended);
	}
	if (response !== undefined) for (const method of ["end", "destroy"] as const) afterCall(response, method, ended);
	abandoned.add(stream, watched, toRequestInFlight(entry));
}

/** Returns true if it can't be seen when the handler has ended: it calls nothing on its stream any more. */
function endsUnseen({ stream, headers, response }: StreamInFlight): boolean {
	if (headers[":method"] === "CONNECT") return true;
	// The server of `@grpc/grpc-js` leaves a stream alone once its call is cancelled.
	if (headers["content-type"]?.startsWith("application/grpc")) return true;
	// A source that is piped into the response ends with it. (One that was piped into the stream has been unpiped by now.)
	if (response !== undefined && response.listenerCount("unpipe") > 0) return true;
	return isReconnecting({ method: headers[":method"], headers, response: stream });
}

function afterCall<Name extends string>(
	object: Record<Name, (...args: never[]) => unknown>,
	name: Name,
	called: () => void,
): void {
	const method = object[name];
	object[name] = (...args: never[]): unknown => {
		try {
			return method.apply(object, args);
		} finally {
			called();
		}
	};
}
