import { authority } from "../wire/authority.ts";
import { checkRequest, subprotocolsOf } from "../wire/check-request.ts";
import { rawSocketOpener } from "../wire/raw-socket.ts";
import { WebSocketConnection, type WebSocketRequest } from "../wire/web-socket-connection.ts";
import { checkPositive } from "./check-positive.ts";
import type { LoadClient, LoadControl } from "./load-client.ts";
import { LoadRun } from "./load-run.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";

/** Options of `webSocket`. */
export interface WebSocketOptions {
	/** @default 16 */
	readonly connections?: number;
	/** Sent again and again, as text where it is a string, to a server that sends one message for each. */
	readonly message?: string | Uint8Array;
	/**
	 * The pause between one message and the next, whether or not it has come back.
	 * @default 100
	 */
	readonly everyMs?: number;
}

const reopenAfterMs = 20;

/**
 * WebSockets that are held open. The connection itself is a record: `answered` where the server closed it with a close
 * frame, whose code is the record's `status` (1005 for none); `turned-away` by a whole 503 or 429, and `answered` by any
 * other whole answer in place of the upgrade; `cut` where it ended without a close frame, with the detail
 * `no-close-frame`. Each message that it sends is a record, too, `answered` when a message has come back for it, whatever
 * that says: a server that also sends others can't be judged by it. Nothing else is sent but pongs, the answer to the close frame,
 * and a ping by `finish` where connections may stay open; there is no compression. The target's method and body are not used; subprotocols are taken from its
 * headers. A connection that the server ended is opened again after 20 ms. Steady once all are open and, with a
 * `message`, the first of each has come back. `finish` waits until the server closes the connections, or ends them where
 * they may stay open. Throws a `TypeError` or `RangeError` for a target or a number that can't be used.
 */
export function webSocket(endpoint: Endpoint, options: WebSocketOptions = {}): RunningLoad {
	const { connections = 16, message, everyMs = 100 } = options;
	checkPositive("everyMs", everyMs);
	const request = upgradeRequest(endpoint);
	const openSocket = rawSocketOpener(endpoint);
	return new LoadRun<WebSocketConnection>(endpoint, {
		name: "web-socket",
		open: (listener, number, nextId) =>
			new WebSocketConnection(openSocket, { ...request, number, id: nextId() }, listener),
		clients: {
			connections,
			repeats: true,
			steadyOnAnswer: false,
			create: (run) => webSocketClient(run, message, everyMs),
		},
	});
}

function upgradeRequest(endpoint: Endpoint): Pick<WebSocketRequest, "path" | "headers" | "subprotocols"> {
	const { host, port, tls, path = "/" } = endpoint;
	checkRequest({ path, ...(endpoint.headers && { headers: endpoint.headers }) }, "WebSocket");
	const headers: Record<string, string> = { host: authority(host, port, tls !== undefined) };
	const subprotocols: string[] = [];
	for (const [name, value] of Object.entries(endpoint.headers ?? {})) {
		// The library accepts an answer only to the ones that it was given itself.
		if (name.toLowerCase() === "sec-websocket-protocol") subprotocols.push(...subprotocolsOf(value));
		else headers[name.toLowerCase()] = value;
	}
	return { path, headers, subprotocols };
}

function webSocketClient(
	run: LoadControl<WebSocketConnection>,
	message: string | Uint8Array | undefined,
	everyMs: number,
): LoadClient<WebSocketConnection> {
	const sendAgain = (connection: WebSocketConnection, message: string | Uint8Array): void => {
		if (!connection.usable) return;
		connection.send(run.nextId(), message);
		run.later(everyMs, () => sendAgain(connection, message));
	};
	const client: LoadClient<WebSocketConnection> = {
		opened: () => {},
		answerBegan: (connection) => {
			if (message === undefined) run.reached(client);
			else if (!run.finishing) sendAgain(connection, message);
		},
		settled: (_connection, { nth, outcome, status = 101 }) => {
			if (nth > 0 && outcome === "answered") run.reached(client);
			if (nth === 0 && status !== 101 && status < 1000) run.failed(client, `was not upgraded (${status})`);
		},
		reopenAfterMs: () => reopenAfterMs,
	};
	return client;
}
