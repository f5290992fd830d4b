import { authority } from "./authority.ts";
import { checkRequest } from "./check-request.ts";

/** What a request's head is made of. */
export interface RequestHeadOptions {
	readonly host: string;
	readonly port: number;
	readonly tls?: unknown;
	/** @default "/" */
	readonly path?: string;
	/** @default "GET" */
	readonly method?: string;
	/** Sent as they are. They may not say how long the body is or what the request's id is. */
	readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Makes the function that writes a whole request head, ended by its blank line, for an id. `contentLength` is left out
 * where it is undefined. Throws a `TypeError` for what can't stand in a head.
 */
export function requestHead(options: RequestHeadOptions, contentLength?: number): (id: string) => string {
	const { host, port, tls, path = "/", method = "GET", headers = {} } = options;
	checkRequest(options, "HTTP/1.1");
	const names = Object.keys(headers).map((name) => name.toLowerCase());
	const lines = [`${method} ${path} HTTP/1.1`];
	if (!names.includes("host")) lines.push(`host: ${authority(host, port, tls !== undefined)}`);
	for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
	if (contentLength !== undefined) lines.push(`content-length: ${contentLength}`);
	const start = `${lines.join("\r\n")}\r\nx-request-id: `;
	return (id) => `${start}${id}\r\n\r\n`;
}
