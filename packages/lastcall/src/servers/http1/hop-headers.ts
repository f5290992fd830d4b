import type { OutgoingHttpHeader, OutgoingHttpHeaders } from "node:http";

type Headers = OutgoingHttpHeaders | OutgoingHttpHeader[];

/** A proxy's handler copies these from another connection, about which they are. */
const HOP_HEADERS = ["connection", "keep-alive"];

/** Returns an argument of `writeHead()` without the headers about the connection, in whichever form it has them. */
export function withoutHopHeaders(argument: unknown): unknown {
	if (typeof argument !== "object" || argument === null) return argument;
	const headers = argument as Headers;
	if (!Array.isArray(headers)) {
		return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_HEADERS.includes(name.toLowerCase())));
	}
	if (Array.isArray(headers[0])) {
		return (headers as unknown as [string, unknown][]).filter(([name]) => !HOP_HEADERS.includes(name.toLowerCase()));
	}
	// Names and values alternate.
	return headers.filter((_, i) => !HOP_HEADERS.includes(String(headers[i - (i % 2)]).toLowerCase()));
}
