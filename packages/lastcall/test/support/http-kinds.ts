import * as plain from "node:http";
import * as secure from "node:https";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { HttpServer } from "lastcall";
import { certificate } from "./certificate.ts";

/** One kind of server that keeps the contract, and how clients reach it. */
export interface Kind {
	readonly name: string;
	readonly createServer: (options: plain.ServerOptions, handler: plain.RequestListener) => HttpServer;
	/** Begins to connect. A FIN from the server must not end the client's side by itself. */
	readonly connect: (port: number) => Socket;
	/** What the client's socket emits when it can be written to. */
	readonly opened: "connect" | "secureConnect";
}

export const host = "127.0.0.1";

export const http: Kind = {
	name: "http",
	createServer: plain.createServer,
	connect: (port) => connect({ host, port, allowHalfOpen: true }),
	opened: "connect",
};

export const https: Kind = {
	name: "https",
	createServer: (options, handler) => secure.createServer({ ...options, ...certificate }, handler),
	connect: connectSecurely,
	opened: "secureConnect",
};

/** Like `connect` of {@link https}, with ALPN protocols. */
export function connectSecurely(port: number, protocols: readonly string[] = []): Socket {
	const ALPNProtocols = [...protocols];
	// `allowHalfOpen` is missing in the types of Node 20.
	const options = {
		host,
		port,
		servername: "localhost",
		allowHalfOpen: true,
		rejectUnauthorized: false,
		ALPNProtocols,
	};
	return connectTls(options);
}
