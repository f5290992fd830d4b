import type { OutgoingHttpHeaders } from "node:http2";
import { authority } from "../wire/authority.ts";
import type { BodyCheck } from "../wire/body-check.ts";
import { checkRequest } from "../wire/check-request.ts";
import { EventStreamCheck } from "../wire/event-stream-check.ts";
import { Http2Connection } from "../wire/http2-connection.ts";
import { rawSocketOpener } from "../wire/raw-socket.ts";
import { checkPositive } from "./check-positive.ts";
import type { LoadClient, LoadControl } from "./load-client.ts";
import { LoadRun } from "./load-run.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";

/** Options of `http2Load`. */
export interface Http2Options {
	/** @default 4 */
	readonly connections?: number;
	/**
	 * Streams at the same time on each connection. Fewer where the server allows fewer.
	 * @default 8
	 */
	readonly streams?: number;
	/**
	 * For a path that answers with event streams that have an end: each is asked for by a POST, unless the target says
	 * otherwise, and one that does not end between two events, or after fewer of them than this, is `cut`, with the detail
	 * `mid-event` or `few-events`.
	 * @default 0: whatever is answered
	 */
	readonly events?: number;
	/**
	 * For such a path, too: the name or the data of the last event of each stream. One that ends after any other is `cut`, with
	 * the detail `early-end`.
	 */
	readonly until?: string;
}

/**
 * A closed loop of HTTP/2 streams, back to back on each connection: over TLS where the server agrees to `h2`, else with
 * prior knowledge. What the protocol itself calls not processed is `turned-away`, whatever the method: a stream above the
 * last one of a GOAWAY, or not sent because of it (detail `goaway`), and RST_STREAM with REFUSED_STREAM (detail
 * `refused-stream`). A reset stream's `error` is the name of its code. After GOAWAY a connection takes no new streams,
 * those in flight are waited for, and a new connection is opened at once; so is one for a connection that ended. After a
 * GOAWAY that says an error, Node.js itself drops what is in flight, as its users do: that is `reset` or `cut`, with the
 * name of the code. Each connection is steady with its first whole answer. Throws a `TypeError` or `RangeError` for a
 * target or a number that can't be used.
 */
export function http2Load(endpoint: Endpoint, options: Http2Options = {}): RunningLoad {
	const { connections = 4, streams = 8, events = 0, until } = options;
	const hasEvents = events > 0 || until !== undefined;
	checkPositive("streams", streams);
	// Its type has no overload for both.
	const body = endpoint.body === undefined ? undefined : Buffer.from(endpoint.body as Uint8Array);
	const headers = requestHeaders(hasEvents ? askingForEvents(endpoint) : endpoint, body?.length);
	const check = (): BodyCheck | undefined => (hasEvents ? new EventStreamCheck({ events, until }) : undefined);
	const openSocket = rawSocketOpener(endpoint, "h2");
	return new LoadRun<Http2Connection>(endpoint, {
		name: "http2",
		open: (listener, number) => new Http2Connection(openSocket, listener, number),
		clients: {
			connections,
			repeats: true,
			steadyOnAnswer: true,
			create: (run) =>
				http2Client(run, streams, (connection) => connection.send(run.nextId(), headers, { body, check: check() })),
		},
	});
}

function http2Client(
	run: LoadControl<Http2Connection>,
	streams: number,
	send: (connection: Http2Connection) => void,
): LoadClient<Http2Connection> {
	const replaced = new Set<Http2Connection>();
	const fill = (connection: Http2Connection): void => {
		while (connection.inFlight < streams && connection.usable) send(connection);
	};
	const client: LoadClient<Http2Connection> = {
		opened: (connection) => {
			connection.changed = () => {
				if (run.finishing) return;
				if (!connection.isToldToGo) return fill(connection);
				replaced.add(connection);
				run.open(client);
			};
			fill(connection);
		},
		settled: (connection, { detail, error }) => {
			if (detail === "unparsable") run.failed(client, `speaks no HTTP/2 (${error})`);
			fill(connection);
		},
		reopenAfterMs: (connection) => (replaced.delete(connection) ? undefined : 0),
	};
	return client;
}

function askingForEvents({ method = "POST", headers, ...endpoint }: Endpoint): Endpoint {
	return { ...endpoint, method, headers: { accept: "text/event-stream", ...headers } };
}

function requestHeaders(endpoint: Endpoint, contentLength: number | undefined): OutgoingHttpHeaders {
	const { host, port, tls, path = "/" } = endpoint;
	const { method = contentLength === undefined ? "GET" : "POST" } = endpoint;
	checkRequest({ path, method, ...(endpoint.headers && { headers: endpoint.headers }) }, "HTTP/2");
	const own = Object.entries(endpoint.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
	const { host: named, ...headers } = Object.fromEntries(own) as Record<string, string>;
	return {
		":method": method,
		":scheme": tls ? "https" : "http",
		":authority": named ?? authority(host, port, tls !== undefined),
		":path": path,
		...headers,
		...(contentLength === undefined ? undefined : { "content-length": contentLength }),
	};
}
