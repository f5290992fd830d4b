import { createServer } from "node:http";
import { createSecureServer } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import { WebSocketServer } from "ws";

const { SCHEME, TLS_KEY: key, TLS_CERT: cert, KEEP_ALIVE_MS } = process.env;
/** What `node:https` and `node:http2` need; for servers of a framework too. */
export const tls = { key, cert };

/** A server as `SCHEME` says: http, https, h2, or ws, whose WebSockets get each message back. @param {import("node:http").RequestListener} handler */
export function makeServer(handler) {
	if (SCHEME === "https") return createHttpsServer(tls, handler);
	if (SCHEME === "h2") return createSecureServer(tls, handler);
	const server = createServer(handler);
	if (KEEP_ALIVE_MS) server.keepAliveTimeout = Number(KEEP_ALIVE_MS);
	if (SCHEME === "ws") {
		new WebSocketServer({ server }).on("connection", (socket) => {
			socket.on("message", (message) => socket.send(message.toString()));
		});
	}
	return server;
}
