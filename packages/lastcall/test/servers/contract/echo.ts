import type { IncomingMessage, ServerResponse } from "node:http";

/** Handles requests for `/echo`: the response is the body of the request, with its Content-Length. */
export function echo(request: IncomingMessage, response: ServerResponse): boolean {
	if (request.url !== "/echo") return false;
	response.setHeader("content-length", Number(request.headers["content-length"]));
	request.pipe(response);
	return true;
}
