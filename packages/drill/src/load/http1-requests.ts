import { saysClose } from "../wire/check-request.ts";
import { RawConnection, type RawConnectionOptions } from "../wire/raw-connection.ts";
import { rawSocketOpener } from "../wire/raw-socket.ts";
import { requestHead } from "../wire/request-head.ts";
import type { OutgoingRequest } from "../wire/request-queue.ts";
import type { OpenConnection } from "./load-client.ts";
import type { Endpoint } from "./running-load.ts";
import { toLatin1 } from "./to-latin1.ts";

/** What all requests and connections of a load have in common. */
export interface Http1Options {
	/** The length of a body that the load writes itself, in place of the endpoint's. */
	readonly contentLength?: number;
	readonly expectBytes?: number | undefined;
	readonly slow?: RawConnectionOptions["slow"];
}

/** Makes requests and opens connections for them. */
export interface Http1 {
	readonly open: OpenConnection<RawConnection>;
	request(id: string): OutgoingRequest;
}

const BODY_METHODS = new Set(["POST", "PUT", "PATCH"]);

/** Speaks HTTP/1.1 with `endpoint`. Throws a `TypeError` for one that can't be used. */
export function http1(endpoint: Endpoint, options: Http1Options = {}): Http1 {
	const { expectBytes, slow } = options;
	const body = options.contentLength === undefined && endpoint.body !== undefined ? toLatin1(endpoint.body) : undefined;
	const { method = body === undefined ? "GET" : "POST" } = endpoint;
	const implied = body?.length ?? (BODY_METHODS.has(method) ? 0 : undefined);
	const head = requestHead({ ...endpoint, method }, options.contentLength ?? implied);
	const isLast = Object.entries(endpoint.headers ?? {}).some(
		([name, value]) => name.toLowerCase() === "connection" && saysClose(value),
	);
	const same = { ...(body === undefined ? undefined : { body }), isHead: method === "HEAD", isLast, expectBytes };
	const openSocket = rawSocketOpener(endpoint);
	return {
		open: (listener, number) => new RawConnection(openSocket, listener, { number, slow }),
		request: (id) => ({ id, head: head(id), ...same }),
	};
}
