import type { ListenOptions } from "node:net";
import type { Duplex } from "node:stream";
import type { ResponseLike } from "../servers/peers/drain-signals.ts";
import type { ProtocolOptions } from "../servers/peers/protocol-options.ts";
import type { ClosingMessage } from "../servers/peers/socket-peer.ts";
import type { ListeningServer, Servable } from "../servers/server-kinds.ts";

/** Registers servers and connections, which are drained at shutdown. Part of `Group`. */
export interface ServerRegistry {
	/**
	 * Makes `server` listen, and drains it at shutdown. Resolves to the server once it is listening.
	 *
	 * Use it for the servers that your program starts, instead of the server's own `listen()`. lastcall closes the server, so your
	 * program must not. The log has a line with the address. An application of a framework is not a server: pass `createServer(app)`
	 * for Express, `createServer(app.callback())` for Koa, `app.server` for Fastify, `app.getHttpServer()` for NestJS.
	 * @param where as for `server.listen()`: a port, or `{ port, host, path, fd, … }`
	 * @param protocol for a `node:net` or `node:tls` server: what counts as in flight, and the protocol's closing message
	 * @throws {TypeError} if `server` is not a server, or is registered already
	 * @throws {StoppedError} from the stop reason on: the server does not listen
	 * @throws the server's own error (`EADDRINUSE`, …); its message has the name, what is wrong and what to do
	 * @example
	 * ```ts
	 * import { createServer } from "node:http";
	 *
	 * await service.listen("http", createServer(handler), { port: 8080 });
	 * ```
	 */
	listen<S extends ListeningServer>(
		name: string,
		server: S,
		where: ListenOptions | number,
		protocol?: ProtocolOptions,
	): Promise<S>;
	/**
	 * Registers a server that something else makes listen, such as a framework, and drains it at shutdown. Returns the server.
	 *
	 * Call it before or after the server begins to listen; the log then has a line with the address. If the server has never
	 * listened by the stop, a warning says so. lastcall closes the server, so your program must not.
	 *
	 * - A **WebSocketServer** of `ws` and a **Server** of Socket.IO are registered beside the HTTP server that they are attached to. If
	 *   they have made an HTTP server of their own, that is drained with them. An event of Socket.IO is in flight until it is
	 *   acknowledged. A message of `ws` is in flight only if your program calls `enter` for it.
	 * - A **Server** of `@grpc/grpc-js` can be registered before or after `bindAsync`. All its ports are drained, and the
	 *   clients that watch its health get UNAVAILABLE, so that they call again elsewhere.
	 * - Connections that were accepted before the call are drained too. Requests on them are in flight from the next one on.
	 *
	 * An error that the server emits stops the service. If your program listens for `error` itself, the service stops only
	 * if the server is not listening 2 s after the last error, so that your program can try another port.
	 * @throws {TypeError} if `server` is not a server, or is registered already
	 * @throws {StoppedError} from the start of draining on: the server is not drained
	 * @example
	 * ```ts
	 * import { createServer } from "node:http";
	 * import { WebSocketServer } from "ws";
	 *
	 * const server = createServer(handler);
	 * service.serve("chat", new WebSocketServer({ server }));
	 * await service.listen("http", server, { port: 8080 });
	 * ```
	 */
	serve<S extends Servable>(name: string, server: S, protocol?: ProtocolOptions): S;
	/**
	 * Registers a socket that HTTP has handed over: an upgrade, or a CONNECT tunnel. Returns the socket.
	 *
	 * The socket is in flight until it has ended. While draining, `closingMessage` sends the closing message of its
	 * protocol; without it, the socket is half-closed. A socket that comes while draining gets the message too. The peer then has some time to
	 * close its side, or the connection is destroyed and named in the report's `endedEarly`:
	 *
	 * - a silent peer has `lingerMs`, but at least 1 s (a tenth of the time that is left, if that is less);
	 * - a peer that only drips bytes has twice that;
	 * - a peer that goes on sending has half of the time that is left.
	 *
	 * None of this happens while a promise returned by `closingMessage` is pending, or while work that `enter` has begun on the socket is
	 * in flight. The hard stop destroys the socket.
	 * @throws {TypeError} if `socket` is not a socket
	 * @throws {StoppedError} from the start of closing on: the socket has been destroyed
	 * @example
	 * ```ts
	 * server.on("upgrade", (request, socket) => {
	 * 	service.upgraded("tail", socket, (socket) => socket.end("bye\n"));
	 * });
	 * ```
	 */
	upgraded<S extends Duplex>(name: string, socket: S, closingMessage?: ClosingMessage<S>): S;
	/**
	 * Returns a signal that aborts when the handler of `response` should end it: draining has begun, or the client has gone.
	 *
	 * Use it for a response that has no end of its own: an event stream, a long poll, a stream of gRPC (pass the call). With many
	 * such responses, the signals abort over some time, so that not all clients reconnect at once. A response that ends by
	 * itself needs no signal. An event stream that ignores its signal is ended, after a whole event, when the drain's time is
	 * nearly over.
	 * @throws {TypeError} if `response` is not a response
	 * @example
	 * ```ts
	 * server.on("request", (request, response) => {
	 * 	response.writeHead(200, { "Content-Type": "text/event-stream" });
	 * 	const timer = setInterval(() => response.write("data: tick\n\n"), 1_000);
	 * 	service.drainSignalFor(response).addEventListener("abort", () => {
	 * 		clearInterval(timer);
	 * 		response.end();
	 * 	});
	 * });
	 * ```
	 */
	drainSignalFor(response: ResponseLike): AbortSignal;
}
