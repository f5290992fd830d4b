import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { describe, type TestContext } from "node:test";
import { Server } from "socket.io";
import { io } from "socket.io-client";
import { WebSocket, WebSocketServer } from "ws";
import { rule } from "../servers/rule.ts";
import { running } from "../support/running-service.ts";
import { hide } from "./hide.ts";

async function opened(t: TestContext, webSockets: WebSocketServer, port: number) {
	const client = new WebSocket(`ws://127.0.0.1:${port}/room`);
	t.after(() => client.terminate());
	const ended = once(client, "close").then(([code]) => code as number);
	await Promise.all([once(client, "open"), webSockets.clients.size > 0 || once(webSockets, "connection")]);
	return { client, ended };
}

void describe("ws without what it does not document", () => {
	rule("`_server` of a server with a port of its own: its close() has to do", async (t) => {
		const { service } = await running(t);
		const webSockets = new WebSocketServer({ port: 0, host: "127.0.0.1" });
		await once(webSockets, "listening");
		const { port } = webSockets.address() as AddressInfo;
		hide(t, webSockets, "_server");
		service.serve("chat", webSockets);
		const { ended } = await opened(t, webSockets, port);
		const { ok, hardStop } = await service.stop();
		assert.deepEqual([await ended, ok, hardStop], [1001, true, undefined]);
		const refused = connect(port, "127.0.0.1");
		const [error] = await once(refused, "error");
		assert.equal((error as NodeJS.ErrnoException).code, "ECONNREFUSED");
	});

	rule("`_socket` of a WebSocket: it is named twice if it was open before it was served, and is closed", async (t) => {
		hide(t, WebSocket.prototype, "_socket");
		const { service, names } = await running(t);
		const server = createServer();
		await service.listen("web", server, { port: 0, host: "127.0.0.1" });
		const webSockets = new WebSocketServer({ server });
		const { ended } = await opened(t, webSockets, (server.address() as AddressInfo).port);
		service.serve("chat", webSockets);
		assert.deepEqual(names().sort(), ["chat WebSocket", "web WebSocket /room"]);
		const { ok, hardStop, endedEarly } = await service.stop();
		assert.deepEqual([await ended, ok, hardStop, endedEarly], [1001, true, undefined, []]);
	});

	rule("`_socket` of a WebSocket whose client does not answer: it is cut before the deadline", async (t) => {
		hide(t, WebSocket.prototype, "_socket");
		const { service } = await running(t, { gracePeriodMs: 30_000 });
		const server = createServer();
		const webSockets = service.serve("chat", new WebSocketServer({ server }));
		await service.listen("web", server, { port: 0, host: "127.0.0.1" });
		const { client } = await opened(t, webSockets, (server.address() as AddressInfo).port);
		client.pause();
		const { hardStop, endedEarly } = await service.stop();
		assert.deepEqual([hardStop, endedEarly.map(({ why }) => why)], [undefined, ["peer-silent"]]);
	});
});

/** A Socket.IO server of a running service. */
async function chatting(t: TestContext) {
	const { service, until } = await running(t);
	const server: HttpServer = createServer();
	const chat = service.serve("chat", new Server(server));
	await service.listen("web", server, { port: 0, host: "127.0.0.1" });
	const { port } = server.address() as AddressInfo;
	const dial = async (transport: string) => {
		const client = io(`http://127.0.0.1:${port}`, { transports: [transport], reconnection: false, forceNew: true });
		t.after(() => client.disconnect());
		const reason = new Promise<string>((resolve) => client.once("disconnect", resolve));
		await once(client as never, "connect");
		return { client, reason };
	};
	return { service, chat, dial, until };
}

/** The Engine.IO socket of the only client. */
function engineSocket(chat: Server): { readonly transport: object } {
	return Object.values(
		(chat.engine as unknown as { clients: Record<string, { transport: object }> }).clients,
	)[0] as never;
}

void describe("Socket.IO without what Engine.IO does not document", () => {
	rule("`socket` of a WebSocket transport: the engine's close() has to do", async (t) => {
		const { service, chat, dial } = await chatting(t);
		const { reason } = await dial("websocket");
		hide(t, engineSocket(chat).transport, "socket");
		const { ok, hardStop } = await service.stop();
		assert.deepEqual([ok, hardStop, await reason], [true, undefined, "transport close"]);
	});

	rule("`writeBuffer` of a socket: what was sent before goes out all the same", async (t) => {
		const { service, chat, dial } = await chatting(t);
		const { client, reason } = await dial("websocket");
		const heard: number[] = [];
		client.on("news", (n: number) => heard.push(n));
		hide(t, engineSocket(chat), "writeBuffer");
		for (let i = 0; i < 10; i++) chat.emit("news", i);
		const { ok, hardStop } = await service.stop();
		assert.deepEqual([ok, hardStop, await reason, heard.length], [true, undefined, "transport close", 10]);
	});

	for (const key of ["writable", "dataReq"]) {
		rule(`\`${key}\` of a polling transport: the client is closed or cut before the deadline`, async (t) => {
			const { service, chat, dial } = await chatting(t);
			const { reason } = await dial("polling");
			hide(t, engineSocket(chat).transport, key);
			const { hardStop, left } = await service.stop();
			assert.deepEqual([hardStop, left], [undefined, []]);
			assert.match(await reason, /^transport (close|error)$/);
		});
	}
});

void describe("a connection without `writeQueueSize` of its socket's handle", () => {
	rule("a client that takes one large chunk without a pause gets it whole", async (t) => {
		const { service } = await running(t, { gracePeriodMs: 20_000 });
		const server = createServer();
		server.prependListener("connection", (socket) => {
			const { _handle: handle } = socket as unknown as { _handle: object };
			hide(t, handle, "writeQueueSize");
		});
		const webSockets = service.serve("chat", new WebSocketServer({ server, perMessageDeflate: false }));
		await service.listen("web", server, { port: 0, host: "127.0.0.1" });
		const { client, ended } = await opened(t, webSockets, (server.address() as AddressInfo).port);
		let received = 0;
		client.on("message", (data: Buffer) => (received += data.length));
		for (const webSocket of webSockets.clients) webSocket.send(Buffer.alloc(8_000_000));
		const { ok, hardStop, endedEarly } = await service.stop();
		assert.deepEqual([ok, hardStop, endedEarly, await ended], [true, undefined, [], 1001]);
		assert.equal(received, 8_000_000);
	});

	rule("a client that takes nothing is cut before the deadline", async (t) => {
		const { service } = await running(t, { gracePeriodMs: 4_000 });
		const server = createServer();
		server.prependListener("connection", (socket) => {
			const { _handle: handle } = socket as unknown as { _handle: object };
			hide(t, handle, "writeQueueSize");
		});
		const webSockets = service.serve("chat", new WebSocketServer({ server, perMessageDeflate: false }));
		await service.listen("web", server, { port: 0, host: "127.0.0.1" });
		const { client } = await opened(t, webSockets, (server.address() as AddressInfo).port);
		client.pause();
		for (const webSocket of webSockets.clients) webSocket.send(Buffer.alloc(8_000_000));
		const { hardStop, endedEarly } = await service.stop();
		assert.deepEqual([hardStop, endedEarly.map(({ why }) => why)], [undefined, ["peer-silent"]]);
	});
});
