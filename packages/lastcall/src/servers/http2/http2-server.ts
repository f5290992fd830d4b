import type { Http2SecureServer, Http2Session, Http2Server as PlainHttp2Server } from "node:http2";
import { Server as NetServer, type Socket } from "node:net";
import { type TLSSocket, Server as TlsServer } from "node:tls";
import type { Drainable } from "../../core/drainable.ts";
import { Http1Connections } from "../http1/http1-connections.ts";
import { AbandonedRequests } from "../listening/abandoned-requests.ts";
import { Handshakes } from "../listening/handshakes.ts";
import type { ProtocolConnections } from "../listening/protocol-connections.ts";
import type { NameRequest } from "../listening/request-name.ts";
import { ServerDrain } from "../listening/server-drain.ts";
import { Http2Sessions } from "./http2-sessions.ts";

/** The HTTP/2 servers of Node.js. */
export type Http2Server = PlainHttp2Server | Http2SecureServer;

/**
 * Reports whether `server` is one that `http2Drain` can drain. Their classes are not exported, and asking for one would
 * load `node:http2` into every program.
 */
export function isHttp2Server(server: unknown): server is Http2Server {
	return server instanceof NetServer && "updateSettings" in server;
}

/**
 * Drains an HTTP/2 server, cleartext or TLS, with its HTTP/1.1 connections if it allows them.
 * @param known those of its sessions that somebody else has kept from the beginning
 */
export function http2Drain(
	name: string,
	server: Http2Server,
	nameRequest: NameRequest,
	known: Iterable<Http2Session> = [],
): Drainable {
	const { close } = Object.getPrototypeOf(server) as Http2Server;
	// On Node.js 24 and later it closes all its sessions; before, it doesn't know them. Not once none is left, or the
	// program would hear one `close` more.
	const endUnseen = (): void => {
		server.getConnections((_, count) => void (count > 0 && close.call(server)));
	};
	const abandoned = new AbandonedRequests();
	const sessions = new Http2Sessions(known, abandoned, endUnseen);
	const connections = [...beside(server, abandoned), sessions];
	const end = (ended: () => void): void => void close.call(server, ended);
	return new ServerDrain(name, server, { connections, abandoned, nameRequest, close, end });
}

/** The connections that are not HTTP/2's, or not yet. */
function beside(server: Http2Server, abandoned: AbandonedRequests): ProtocolConnections[] {
	if (!(server instanceof TlsServer)) return [];
	// What Node.js itself goes by. Without `allowHTTP1` these are connections that agreed on nothing: idle ones, to us.
	const isHttp1 = (socket: Socket): boolean => {
		const { alpnProtocol } = socket as TLSSocket;
		return !alpnProtocol || alpnProtocol === "http/1.1";
	};
	const http1 = new Http1Connections(server, { opened: "secureConnection", speaks: isHttp1 }, abandoned);
	return [new Handshakes(() => true), http1];
}
