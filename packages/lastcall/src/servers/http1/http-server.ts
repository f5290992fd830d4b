import { Server as PlainServer } from "node:http";
import { Server as TlsServer } from "node:https";
import type { Drainable } from "../../core/drainable.ts";
import { AbandonedRequests } from "../listening/abandoned-requests.ts";
import { endServer, isTlsServer } from "../listening/close-listener.ts";
import { Handshakes } from "../listening/handshakes.ts";
import type { HowDrained } from "../listening/how-drained.ts";
import { ServerDrain } from "../listening/server-drain.ts";
import { Http1Connections } from "./http1-connections.ts";
import type { TakeWebSocket } from "./upgrade.ts";

/** The HTTP/1.1 servers of Node.js. */
export type HttpServer = PlainServer | TlsServer;

/** Returns true if `server` is one that `httpDrain` can drain. */
export function isHttpServer(server: unknown): server is HttpServer {
	return server instanceof PlainServer || server instanceof TlsServer;
}

/** Drains an HTTP/1.1 server, plain or TLS, so that no request is lost. */
export function httpDrain(name: string, server: HttpServer, how: HowDrained): Drainable {
	const speaks = (): boolean => true;
	const abandoned = new AbandonedRequests();
	const take = takeWebSockets(name, how);
	const connections = isTlsServer(server)
		? [new Handshakes(), new Http1Connections(server, { opened: "secureConnection", speaks }, abandoned, take)]
		: [new Http1Connections(server, { opened: "connection", speaks }, abandoned, take)];
	const { close } = (isTlsServer(server) ? TlsServer : PlainServer).prototype;
	const end = (ended: () => void): void => endServer(server, ended);
	return new ServerDrain(name, server, { ...how, connections, abandoned, close, end });
}

/** Returns what takes over the WebSockets of the server `name`. */
export function takeWebSockets(name: string, { nameRequest, takeWebSocket }: HowDrained): TakeWebSocket | undefined {
	if (takeWebSocket === undefined) return undefined;
	return (webSocket, socket) =>
		takeWebSocket({ name, what: nameRequest(webSocket), socket, startedAt: webSocket.startedAt });
}
