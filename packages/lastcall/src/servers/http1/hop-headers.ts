import type { OutgoingHttpHeader, OutgoingHttpHeaders } from "node:http";

type Headers = OutgoingHttpHeaders | OutgoingHttpHeader[];

/** What a proxy's handler copies from elsewhere would contradict us. */
const HOP_HEADERS = ["connection", "keep-alive"];

/** An argument of `writeHead()` without the headers that say what becomes of the connection, in any of their forms. */
export function withoutHopHeaders(argument: unknown): unknown {
	if (typeof argument !== "object" || argument === null) return argument;
	const headers = argument as Headers;
	if (!Array.isArray(headers)) {
		return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_HEADERS.includes(name.toLowerCase())));
	}
	if (Array.isArray(headers[0])) {
		return (headers as unknown as [string, unknown][]).filter(([name]) => !HOP_HEADERS.includes(name.toLowerCase()));
	}
	// Names and values in turn.
	return headers.filter((_, i) => !HOP_HEADERS.includes(String(headers[i - (i % 2)]).toLowerCase()));
}
