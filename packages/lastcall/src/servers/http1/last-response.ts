import type { ServerResponse } from "node:http";
import { withoutHopHeaders } from "./hop-headers.ts";

/**
 * Decides at the latest moment, when the head of `response` is written, whether it is the last of its connection. If `isLast`
 * returns true then, the head gets `Connection: close`.
 *
 * The trick: it shadows `writeHead` on this one response. Node.js calls that itself where the program doesn't
 * (`_implicitHeader` in `lib/_http_server.js`), so that it is called exactly once for each head, and Node.js has no event for
 * that moment. A decision made earlier would be wrong where the client pipelines one more request. `shouldKeepAlive` is not
 * documented. It makes Node.js write `Connection: close` itself where the head consists of pairs (`_storeHeader` in
 * `lib/_http_outgoing.js`).
 */
export function decideLastResponse(response: ServerResponse, isLast: () => boolean): void {
	const writeHead = response.writeHead as (...args: unknown[]) => ServerResponse;
	const decide = (status: unknown, ...rest: unknown[]): ServerResponse => {
		// Informational responses come before the one that counts.
		if (Number(status) < 200 || !isLast()) return writeHead.call(response, status, ...rest);
		response.shouldKeepAlive = false;
		response.removeHeader("keep-alive");
		// Where the program has removed the header, Node.js doesn't write it either. Set headers and pairs don't mix.
		if (!rest.some(Array.isArray) || response.hasHeader("connection")) response.setHeader("Connection", "close");
		return writeHead.call(response, status, ...rest.map(withoutHopHeaders));
	};
	response.writeHead = decide as ServerResponse["writeHead"];
}

/** The responses to requests that came after the last response was chosen. */
const unprocessed = new WeakSet<ServerResponse>();

/** Notes that the request of this response must not be processed (RFC 9112, section 9.6). */
export function markUnprocessed(response: ServerResponse): void {
	unprocessed.add(response);
}

/** Returns true if the request of this response may be processed. */
export function mayProcess(response: ServerResponse): boolean {
	return !unprocessed.has(response);
}
