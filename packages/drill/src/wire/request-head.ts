import { authority } from "./authority.ts";
import { checkRequest } from "./check-request.ts";

/** The parts of a request's head. */
export interface RequestHeadOptions {
	readonly host: string;
	readonly port: number;
	readonly tls?: unknown;
	/** @default "/" */
	readonly path?: string;
	/** @default "GET" */
	readonly method?: string;
	/** Sent as they are. They must not contain the length of the body or the request's id. */
	readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Returns the function that makes a whole request head for an id, with its blank line. Without a `contentLength`, it has no such
 * header. Throws a `TypeError` for a part that a head can't have.
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
