import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect as dial } from "node:net";
import type { Duplex } from "node:stream";
import { type TestContext, test } from "node:test";
import { WebSocket, WebSocketServer } from "ws";
import { type RunningService, running } from "../support/running-service.ts";
import { webSocketRequest } from "../support/silent-client.ts";
import { limit } from "../support/time-limit.ts";

interface Chat extends RunningService {
	readonly server: Server;
	readonly webSockets: WebSocketServer;
	readonly warnings: string[];
	/** Connects a client that the WebSocket server has accepted. */
	connect(): Promise<WebSocket>;
}

/** A server with a WebSocket server that is not registered. */
async function open(t: TestContext): Promise<Chat> {
	const warnings: string[] = [];
	const log = (line: string): void => void (line.includes("warning: ") && warnings.push(line));
	const started = await running(t, { log });
	const server = createServer();
	const webSockets = new WebSocketServer({ noServer: true });
	await started.service.listen("web", server, { port: 0, host: "127.0.0.1" });
	const { port } = server.address() as AddressInfo;
	const connect = async (): Promise<WebSocket> => {
		const client = new WebSocket(`ws://127.0.0.1:${port}/room?token=SECRET`);
		t.after(() => client.terminate());
		await once(client, "open");
		return client;
	};
	return { ...started, server, webSockets, warnings, connect };
}

function accept({ server, webSockets }: Chat): void {
	server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
		webSockets.handleUpgrade(request, socket, head, () => {});
	});
}

const WARNING = / warning: "web": (1 WebSocket is|2 WebSockets are) waited for until the deadline, .*service\.serve\("/;

test("WebSockets of a server that is not registered are named, and one warning says what to do", limit, async (t) => {
	const chat = await open(t);
	accept(chat);
	await chat.connect();
	await chat.connect();
	assert.deepEqual(chat.names(), Array(2).fill("web unregistered WebSocket GET /room"));
	void chat.service.stop();
	await chat.until(() => chat.warnings.length > 0);
	const { left } = await chat.service.stopNow();
	assert.deepEqual(
		left.map(({ what }) => what),
		Array(2).fill("unregistered WebSocket GET /room"),
	);
	assert.equal(chat.warnings.length, 1);
	assert.match(chat.warnings[0] ?? "", WARNING);
});

test("there is no such warning of WebSockets that were registered after they were opened", limit, async (t) => {
	const chat = await open(t);
	accept(chat);
	await chat.connect();
	chat.service.serve("chat", chat.webSockets);
	const { ok } = await chat.service.stop();
	assert.equal(ok, true);
	assert.deepEqual(chat.warnings, []);
});

test("nor of a handshake that the program has not accepted yet", limit, async (t) => {
	const chat = await open(t);
	const sockets: Duplex[] = [];
	chat.server.on("upgrade", (_: IncomingMessage, socket: Duplex) => sockets.push(socket));
	const { port } = chat.server.address() as AddressInfo;
	const client = dial(port, "127.0.0.1");
	t.after(() => client.destroy());
	client.end(webSocketRequest("/room")).resume();
	await chat.until(() => sockets.length === 1);
	assert.deepEqual(chat.names(), ["web upgraded connection GET /room"]);
	const drained = chat.service.stop();
	await chat.until(() => !chat.server.listening);
	for (const socket of sockets) socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
	for (const socket of sockets) socket.resume();
	assert.equal((await drained).ok, true);
	assert.deepEqual(chat.warnings, []);
});
