import { PLAIN_LOSSES } from "../record/loss-rules.ts";
import { authority } from "../wire/authority.ts";
import { checkRequest, splitSubprotocols } from "../wire/check-request.ts";
import { rawSocketOpener } from "../wire/raw-socket.ts";
import { WebSocketConnection, type WebSocketRequest } from "../wire/web-socket-connection.ts";
import { checkPositive } from "./check-positive.ts";
import type { LoadClient, LoadControl } from "./load-client.ts";
import { defineLoad } from "./load-kind.ts";
import { LoadRun } from "./load-run.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";
import { CONNECTIONS, EVERY, PATH, TEXT } from "./setting-schemas.ts";

export const WEB_SOCKET = defineLoad({
	name: "websocket",
	help: "open WebSockets; `message` is sent and expected back",
	settings: { path: PATH, connections: CONNECTIONS, message: TEXT, every: EVERY },
	speaks: "WebSocket",
	steadyOnResponse: true,
	leavesIdle: false,
	losses: {
		...PLAIN_LOSSES,
		ownReason: ({ detail, nth }) => {
			if (detail === "no-close-frame") return "no-close-frame";
			// The first on a connection asks for the upgrade.
			return nth === 0 ? undefined : "message-lost";
		},
		// A WebSocket has its close frame for that.
		crossesIdleEnd: "never",
	},
	start: (endpoint, { connections, message, every }) => webSocket(endpoint, { connections, message, everyMs: every }),
});

/** Options of `webSocket`. */
export interface WebSocketOptions {
	/** @default 16 */
	readonly connections?: number | undefined;
	/** Sent again and again, as text if it is a string, to a server that sends one message for each. */
	readonly message?: string | Uint8Array | undefined;
	/**
	 * The pause between two messages, whether or not the first has come back.
	 * @default 100
	 */
	readonly everyMs?: number | undefined;
}

const REOPEN_AFTER_MS = 20;

/**
 * Opens WebSockets and holds them open. The connection itself is a record: `answered` if the server closed it with a close
 * frame, whose code is the record's `status` (1005 for none); `turned-away` by a complete 503 or 429, and `answered` by any
 * other complete response in place of the upgrade; `cut` if it ended without a close frame, with the detail `no-close-frame`.
 *
 * Each message that it sends is a record, too, `answered` when any message has come back for it. So a server that also sends
 * messages unasked can't be judged by them. The load sends nothing else but pongs, the close frame in return, and a ping by
 * `finish` if connections may stay open; there is no compression. The endpoint's method and body are not used; subprotocols
 * are taken from its headers.
 *
 * A connection that the server ended is opened again after 20 ms. Steady once all are open and, with a `message`, the first
 * of each has come back. `finish` waits until the server closes the connections, or ends them if they may stay open. Throws a
 * `TypeError` or `RangeError` for an endpoint or a number that can't be used.
 */
export function webSocket(endpoint: Endpoint, options: WebSocketOptions = {}): RunningLoad {
	const { connections = 16, message, everyMs = 100 } = options;
	checkPositive("everyMs", everyMs);
	const request = upgradeRequest(endpoint);
	const openSocket = rawSocketOpener(endpoint);
	return new LoadRun<WebSocketConnection>(endpoint, {
		name: "websocket",
		open: (listener, number, nextId) =>
			new WebSocketConnection(openSocket, { ...request, number, id: nextId() }, listener),
		clients: {
			connections,
			repeats: true,
			steadyOnResponse: false,
			create: (load) => webSocketClient(load, message, everyMs),
		},
	});
}

function upgradeRequest(endpoint: Endpoint): Pick<WebSocketRequest, "path" | "headers" | "subprotocols"> {
	const { host, port, tls, path = "/" } = endpoint;
	checkRequest({ path, ...(endpoint.headers && { headers: endpoint.headers }) }, "WebSocket");
	const headers: Record<string, string> = { host: authority(host, port, tls !== undefined) };
	const subprotocols: string[] = [];
	for (const [name, value] of Object.entries(endpoint.headers ?? {})) {
		// `ws` accepts only subprotocols in a response that it was given itself.
		if (name.toLowerCase() === "sec-websocket-protocol") subprotocols.push(...splitSubprotocols(value));
		else headers[name.toLowerCase()] = value;
	}
	return { path, headers, subprotocols };
}

function webSocketClient(
	load: LoadControl<WebSocketConnection>,
	message: string | Uint8Array | undefined,
	everyMs: number,
): LoadClient<WebSocketConnection> {
	const sendAgain = (connection: WebSocketConnection, message: string | Uint8Array): void => {
		if (!connection.usable) return;
		connection.send(load.nextId(), message);
		load.later(everyMs, () => sendAgain(connection, message));
	};
	const client: LoadClient<WebSocketConnection> = {
		opened: () => {},
		responseBegan: (connection) => {
			if (message === undefined) load.reached(client);
			else if (!load.finishing) sendAgain(connection, message);
		},
		settled: (_connection, { nth, outcome, status = 101 }) => {
			if (nth > 0 && outcome === "answered") load.reached(client);
			if (nth === 0 && status !== 101 && status < 1000) load.failed(client, `was not upgraded (${status})`);
		},
		reopenAfterMs: () => REOPEN_AFTER_MS,
	};
	return client;
}
