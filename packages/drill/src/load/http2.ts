import { PLAIN_LOSSES } from "../record/loss-rules.ts";
import { authority } from "../wire/authority.ts";
import type { BodyCheck } from "../wire/body-check.ts";
import { checkRequest } from "../wire/check-request.ts";
import { EventStreamCheck } from "../wire/event-stream-check.ts";
import { Http2Connection } from "../wire/http2-connection.ts";
import { http2RequestHead } from "../wire/http2-request-head.ts";
import { rawSocketOpener } from "../wire/raw-socket.ts";
import { checkPositive } from "./check-positive.ts";
import type { LoadClient, LoadControl } from "./load-client.ts";
import { defineLoad } from "./load-kind.ts";
import { LoadRun } from "./load-run.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";
import { CONNECTIONS, EVENTS, PATH, TEXT, wholeNumber } from "./setting-schemas.ts";
import { toLatin1 } from "./to-latin1.ts";

export const HTTP2 = defineLoad({
	name: "http2",
	help: "`streams` at a time on each connection; `until` as above",
	settings: { path: PATH, connections: CONNECTIONS, streams: wholeNumber(1, 1_000), events: EVENTS, until: TEXT },
	speaks: "HTTP/2",
	steadyOnResponse: true,
	leavesIdle: false,
	losses: {
		...PLAIN_LOSSES,
		ownReason: ({ outcome }) => (outcome === "cut" ? "response-cut" : "http2-stream"),
		// HTTP/2 has GOAWAY for that.
		crossesIdleEnd: "never",
	},
	start: (endpoint, { connections, streams, events, until }) =>
		http2Load(endpoint, { connections, streams, events, until }),
});

/** Options of `http2Load`. */
export interface Http2Options {
	/** @default 4 */
	readonly connections?: number | undefined;
	/**
	 * Streams at the same time on each connection. Fewer if the server allows fewer.
	 * @default 8
	 */
	readonly streams?: number | undefined;
	/**
	 * For a path that responds with event streams that have an end: the least number of events. The requests are POSTs, unless
	 * the endpoint has a method. A stream that does not end between two events is `cut`, with the detail `mid-event`; one with
	 * fewer events, with the detail `few-events`.
	 * @default 0: any response will do
	 */
	readonly events?: number | undefined;
	/**
	 * For such a path, too: the name or the data of the last event of each stream. A stream that ends after any other event is
	 * `cut`, with the detail `early-end`.
	 */
	readonly until?: string | undefined;
}

/**
 * Starts a closed loop of HTTP/2 streams, back to back on each connection: over TLS if the server agrees to `h2`, else with
 * prior knowledge. A request that the protocol itself calls not processed is `turned-away`, whatever its method: a stream
 * above the last one of a GOAWAY, or not sent because of it (detail `goaway`), and RST_STREAM with REFUSED_STREAM (detail
 * `refused-stream`). A reset stream's `error` is the name of its code.
 *
 * After GOAWAY a connection takes no new streams, those in flight are waited for, and a new connection is opened at once; so
 * is one for a connection that ended. After a GOAWAY with an error code, the connection is given up with what is in flight, as
 * Node.js does it: those requests are `reset` or `cut`, with the name of the code. Each connection is steady with its first
 * complete response. Throws a `TypeError` or `RangeError` for an endpoint or a number that can't be used.
 */
export function http2Load(endpoint: Endpoint, options: Http2Options = {}): RunningLoad {
	const { connections = 4, streams = 8, events = 0, until } = options;
	const hasEvents = events > 0 || until !== undefined;
	checkPositive("streams", streams);
	const body = endpoint.body === undefined ? undefined : toLatin1(endpoint.body);
	const fields = requestFields(hasEvents ? askingForEvents(endpoint) : endpoint, body?.length);
	const head = http2RequestHead(fields);
	const isForHead = fields[":method"] === "HEAD";
	const check = (): BodyCheck | undefined => (hasEvents ? new EventStreamCheck({ events, until }) : undefined);
	const openSocket = rawSocketOpener(endpoint, "h2");
	return new LoadRun<Http2Connection>(endpoint, {
		name: "http2",
		open: (listener, number) => new Http2Connection(openSocket, listener, number),
		clients: {
			connections,
			repeats: true,
			steadyOnResponse: true,
			create: (load) =>
				http2Client(load, streams, (connection) => {
					const id = load.nextId();
					connection.send(id, head(id), { body, isForHead, check: check() });
				}),
		},
	});
}

function http2Client(
	load: LoadControl<Http2Connection>,
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
				if (load.finishing) return;
				if (!connection.hasGoaway) return fill(connection);
				replaced.add(connection);
				load.open(client);
			};
			fill(connection);
		},
		settled: (connection, { detail, error }) => {
			if (detail === "unparsable") load.failed(client, `did not speak HTTP/2 (${error})`);
			fill(connection);
		},
		reopenAfterMs: (connection) => (replaced.delete(connection) ? undefined : 0),
	};
	return client;
}

function askingForEvents({ method = "POST", headers, ...endpoint }: Endpoint): Endpoint {
	return { ...endpoint, method, headers: { accept: "text/event-stream", ...headers } };
}

function requestFields(endpoint: Endpoint, contentLength: number | undefined): Readonly<Record<string, string>> {
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
		...(contentLength === undefined ? undefined : { "content-length": `${contentLength}` }),
	};
}
