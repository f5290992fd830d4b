import { validateHeaderName, validateHeaderValue } from "node:http";

/** What a load's user says about its requests. */
export interface RequestParts {
	readonly path?: string;
	readonly method?: string;
	readonly headers?: Readonly<Record<string, string>>;
}

const reserved = ["content-length", "transfer-encoding", "x-request-id"];

/** Throws a `TypeError` for what can't stand in a request, and for headers that are the load's own. */
export function checkRequest(
	{ path = "/", method = "GET", headers = {} }: RequestParts,
	ownHeaders: readonly string[] = reserved,
): void {
	if (!/^[!-~]+$/.test(path)) throw new TypeError(`The path ${JSON.stringify(path)} can't stand in a request.`);
	if (!/^[A-Z-]+$/.test(method)) throw new TypeError(`The method ${JSON.stringify(method)} can't stand in a request.`);
	for (const [name, value] of Object.entries(headers)) {
		if (ownHeaders.includes(name.toLowerCase())) throw new TypeError(`The header ${name} is set by the load itself.`);
		validateHeaderName(name);
		validateHeaderValue(name, value);
	}
}
