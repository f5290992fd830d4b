import { Server as PlainServer } from "node:http";
import { Server as TlsServer } from "node:https";
import type { Drainable } from "../../core/drainable.ts";
import { AbandonedRequests } from "../listening/abandoned-requests.ts";
import { endServer, isTlsServer } from "../listening/close-listener.ts";
import { Handshakes } from "../listening/handshakes.ts";
import type { HowDrained } from "../listening/how-drained.ts";
import { mayBeTls } from "../listening/may-be-tls.ts";
import { ServerDrain } from "../listening/server-drain.ts";
import { Http1Connections } from "./http1-connections.ts";
import type { TakeWebSocket } from "./upgrade.ts";

/** The HTTP/1.1 servers of Node.js. */
export type HttpServer = PlainServer | TlsServer;

/** Returns true if `server` is one that `httpDrain` can drain. */
export function isHttpServer(server: unknown): server is HttpServer {
	return server instanceof PlainServer || (mayBeTls(server) && server instanceof TlsServer);
}

/** Drains an HTTP/1.1 server, plain or TLS, so that no request is lost. */
export function httpDrain(name: string, server: HttpServer, how: HowDrained): Drainable {
	const speaks = (): boolean => true;
	const abandoned = new AbandonedRequests();
	const isTls = isTlsServer(server);
	const opened = isTls ? "secureConnection" : "connection";
	const http1 = new Http1Connections(server, { opened, speaks }, abandoned, takeWebSockets(name, how));
	const connections = isTls ? [new Handshakes(), http1] : [http1];
	const { note } = http1;
	const { close } = (isTls ? TlsServer : PlainServer).prototype;
	const end = (ended: () => void): void => endServer(server, ended);
	return new ServerDrain(name, server, { ...how, connections, abandoned, note, close, end });
}

/** Returns what takes over the WebSockets of the server `name`. */
export function takeWebSockets(name: string, { nameRequest, takeWebSocket }: HowDrained): TakeWebSocket | undefined {
	if (takeWebSocket === undefined) return undefined;
	return (webSocket, socket) =>
		takeWebSocket({ name, what: nameRequest(webSocket), socket, startedAt: webSocket.startedAt });
}
