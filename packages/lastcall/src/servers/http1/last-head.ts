import type { ServerResponse } from "node:http";
import { withoutHopHeaders } from "./hop-headers.ts";

/**
 * Decides at the latest moment, when the head of `response` is written, whether it is the last of its connection, and says so if
 * `isLast` returns true.
 */
export function decideAtHead(response: ServerResponse, isLast: () => boolean): void {
	const writeHead = response.writeHead as (...args: unknown[]) => ServerResponse;
	const decide = (status: unknown, ...rest: unknown[]): ServerResponse => {
		if (Number(status) < 200 || !isLast()) return writeHead.call(response, status, ...rest);
		response.shouldKeepAlive = false;
		response.removeHeader("keep-alive");
		// A program that took the header out has kept Node from writing it, too. Set headers and pairs don't mix.
		if (!rest.some(Array.isArray) || response.hasHeader("connection")) response.setHeader("Connection", "close");
		return writeHead.call(response, status, ...rest.map(withoutHopHeaders));
	};
	response.writeHead = decide as ServerResponse["writeHead"];
}
