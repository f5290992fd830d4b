import type { Http2SecureServer, Http2Session, Http2Server as PlainHttp2Server } from "node:http2";
import { Server as NetServer, type Socket } from "node:net";
import { type TLSSocket, Server as TlsServer } from "node:tls";
import type { Drainable } from "../../core/drainable.ts";
import { takeWebSockets } from "../http1/http-server.ts";
import { Http1Connections } from "../http1/http1-connections.ts";
import type { TakeWebSocket } from "../http1/upgrade.ts";
import { AbandonedRequests } from "../listening/abandoned-requests.ts";
import { Handshakes } from "../listening/handshakes.ts";
import type { HowDrained } from "../listening/how-drained.ts";
import type { ProtocolConnections } from "../listening/protocol-connections.ts";
import { ServerDrain } from "../listening/server-drain.ts";
import { Http2Sessions } from "./http2-sessions.ts";

/** The HTTP/2 servers of Node.js. */
export type Http2Server = PlainHttp2Server | Http2SecureServer;

/**
 * Returns true if `server` is one that `http2Drain` can drain. Node.js does not export the classes of these servers, and
 * `node:http2` should not be loaded into every program.
 */
export function isHttp2Server(server: unknown): server is Http2Server {
	return server instanceof NetServer && "updateSettings" in server;
}

/**
 * Drains an HTTP/2 server, cleartext or TLS, with its HTTP/1.1 connections if it allows them.
 * @param known its sessions, where another library has kept them from the beginning
 */
export function http2Drain(
	name: string,
	server: Http2Server,
	how: HowDrained,
	known: Iterable<Http2Session> = [],
): Drainable {
	const { close } = Object.getPrototypeOf(server) as Http2Server;
	// Since Node.js 24, `close()` closes all sessions; earlier versions don't know them. Not called where no connection is left:
	// the program would get another `close`.
	const endUnseen = (): void => {
		server.getConnections((_, count) => void (count > 0 && close.call(server)));
	};
	const abandoned = new AbandonedRequests();
	const sessions = new Http2Sessions(known, abandoned, endUnseen);
	const connections = [...trackOthers(server, abandoned, takeWebSockets(name, how)), sessions];
	const end = (ended: () => void): void => void close.call(server, ended);
	return new ServerDrain(name, server, { ...how, connections, abandoned, close, end });
}

/** Tracks the connections that don't speak HTTP/2, or not yet. */
function trackOthers(
	server: Http2Server,
	abandoned: AbandonedRequests,
	take: TakeWebSocket | undefined,
): ProtocolConnections[] {
	if (!(server instanceof TlsServer)) return [];
	// The same check as in Node.js (`connectionListener` in `lib/internal/http2/core.js`). Without `allowHTTP1` such a connection
	// has agreed on nothing: to the drain it is idle.
	const isHttp1 = (socket: Socket): boolean => {
		const { alpnProtocol } = socket as TLSSocket;
		return !alpnProtocol || alpnProtocol === "http/1.1";
	};
	const http1 = new Http1Connections(server, { opened: "secureConnection", speaks: isHttp1 }, abandoned, take);
	return [new Handshakes(), http1];
}
