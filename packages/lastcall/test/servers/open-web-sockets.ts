import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { TestContext } from "node:test";
import type { ServiceOptions } from "lastcall";
import { type ServerOptions, WebSocket, WebSocketServer } from "ws";
import { type RunningService, running } from "../support/running-service.ts";

export interface Client {
	readonly client: WebSocket;
	readonly messages: string[];
	/** How it ended: the code, the reason, and `clean` if both close frames were seen. */
	readonly ended: Promise<string>;
	/** What the client found wrong, such as a frame in the middle of another one. */
	readonly errors: string[];
}

export interface OpenServer extends RunningService {
	readonly server: Server;
	readonly port: number;
	/** Connects a client whose handshake was accepted. */
	connect(path?: string): Promise<Client>;
}

/** An HTTP server of a service that knows nothing of its WebSockets. `accept` adds what accepts them. */
export async function openServer(
	t: TestContext,
	accept: (server: Server) => void,
	options?: ServiceOptions,
	server: Server = createServer(),
): Promise<OpenServer> {
	const started = await running(t, options);
	accept(server);
	await started.service.listen("web", server, { port: 0, host: "127.0.0.1" });
	const { port } = server.address() as AddressInfo;
	const scheme = "setSecureContext" in server ? "wss" : "ws";
	const connect = (path = "/room"): Promise<Client> => connectTo(t, `${scheme}://127.0.0.1:${port}${path}`);
	return { ...started, server, port, connect };
}

export async function connectTo(t: TestContext, url: string): Promise<Client> {
	const client = new WebSocket(url, { rejectUnauthorized: false });
	t.after(() => client.terminate());
	const messages: string[] = [];
	const errors: string[] = [];
	client.on("message", (message) => messages.push(String(message)));
	client.on("error", ({ message }) => errors.push(message));
	const ended = new Promise<string>((resolve) => {
		client.addEventListener("close", ({ code, reason, wasClean }) =>
			resolve(`${code} ${reason}${wasClean ? " clean" : ""}`),
		);
	});
	await once(client, "open");
	return { client, messages, ended, errors };
}

/** What every client gets that closes as it should. */
export const CLOSED = "1001 service is shutting down clean";

/** Accepts a WebSocket by hand, and gives its socket to `talk`. */
export function byHand(talk: (socket: Socket, request: IncomingMessage) => void): (server: Server) => void {
	return (server) =>
		void server.on("upgrade", (request: IncomingMessage, socket: Socket) => {
			const accept = createHash("sha1")
				.update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
				.digest("base64");
			socket.on("error", () => {});
			socket.write(
				"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
					`Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
			);
			talk(socket, request);
		});
}

/** Accepts WebSockets by `ws`, and gives each to `talk`. */
export function byWs(talk: (webSocket: WebSocket) => void, options: ServerOptions = {}): (server: Server) => void {
	return (server) => void new WebSocketServer({ server, ...options }).on("connection", talk);
}

/** Sends each message back. */
export const echo = (webSocket: WebSocket): void =>
	void webSocket.on("message", (message) => webSocket.send(String(message)));
