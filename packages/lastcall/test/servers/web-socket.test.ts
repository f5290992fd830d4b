import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect as dial } from "node:net";
import { type TestContext, test } from "node:test";
import type { ServiceOptions } from "lastcall";
import { WebSocket, WebSocketServer } from "ws";
import { type RunningService, running } from "../support/running-service.ts";
import { webSocketRequest } from "../support/silent-client.ts";
import { limit } from "../support/time-limit.ts";

interface Chat extends RunningService {
	readonly server: Server;
	readonly webSockets: WebSocketServer;
	readonly heard: string[];
	connect(path?: string): Promise<{ client: WebSocket; atServer: WebSocket; ended: Promise<string> }>;
}

/** A chat that sends each message back at once. */
async function open(t: TestContext, options?: ServiceOptions): Promise<Chat> {
	const started = await running(t, options);
	const server = createServer();
	const webSockets = started.service.serve("chat", new WebSocketServer({ server }));
	const heard: string[] = [];
	webSockets.on("connection", (webSocket) => {
		webSocket.on("message", (message) => {
			heard.push(String(message));
			webSocket.send(String(message));
		});
	});
	await started.service.listen("web", server, { port: 0, host: "127.0.0.1" });
	const { port } = server.address() as AddressInfo;
	const connect: Chat["connect"] = async (path = "/room") => {
		const connection = once(webSockets, "connection");
		const client = new WebSocket(`ws://127.0.0.1:${port}${path}`);
		t.after(() => client.terminate());
		const ended = once(client, "close").then(([code, reason]) => `${code} ${reason}`);
		const [[atServer]] = (await Promise.all([connection, once(client, "open")])) as [[WebSocket], unknown];
		return { client, atServer, ended };
	};
	return { ...started, server, webSockets, heard, connect };
}

test("a WebSocket is in flight under its path, and not in flight of its HTTP server too", limit, async (t) => {
	const { service, connect, names } = await open(t);
	const clients = [await connect("/room/1"), await connect("/room/2?access_token=x")];
	assert.deepEqual(names(), ["chat WebSocket /room/1", "chat WebSocket /room/2"]);
	const closed = service.stop();
	assert.deepEqual(
		await Promise.all(clients.map(({ ended }) => ended)),
		Array(2).fill("1001 service is shutting down"),
	);
	assert.equal((await closed).ok, true);
});

test("a WebSocket that has just got its response is closed without waiting for the linger", limit, async (t) => {
	const { service, connect, until, server } = await open(t, { lingerMs: 60_000 });
	const { client, ended } = await connect();
	void service.stop();
	await until(() => !server.listening);
	const messages: string[] = [];
	client.on("message", (message) => messages.push(String(message)));
	client.send("one more thing");
	assert.equal(await ended, "1001 service is shutting down");
	assert.deepEqual(messages, ["one more thing"]);
});

test("a WebSocket message that crosses the close frame reaches the program", limit, async (t) => {
	const { service, connect, until, heard } = await open(t, { lingerMs: 0 });
	const { client, atServer, ended } = await connect();
	client.pause();
	void service.stop();
	await until(() => atServer.readyState === WebSocket.CLOSING);
	client.send("crossing");
	client.resume();
	assert.equal(await ended, "1001 service is shutting down");
	assert.deepEqual(heard, ["crossing"]);
	assert.equal((await service.closed).ok, true);
});

test("everything sent to a WebSocket before goes out before the close frame", limit, async (t) => {
	const { service, connect, until } = await open(t, { lingerMs: 0 });
	const { client, atServer, ended } = await connect();
	client.pause();
	const large = "x".repeat(1_000_000);
	for (let i = 0; i < 20; i++) atServer.send(large);
	void service.stop();
	await until(() => atServer.readyState === WebSocket.CLOSING);
	let received = 0;
	client.on("message", (message) => {
		received += String(message).length;
	});
	client.resume();
	assert.equal(await ended, "1001 service is shutting down");
	assert.equal(received, 20_000_000);
	assert.equal((await service.closed).ok, true);
});

test("no WebSocket gets a close frame before the listener is closed: its client would reconnect", limit, async (t) => {
	const { service, connect, server } = await open(t, { lingerMs: 0 });
	const { atServer } = await connect();
	let listening: boolean | undefined;
	const close = atServer.close.bind(atServer);
	atServer.close = (...args) => {
		listening = server.listening;
		close(...args);
	};
	await service.stop();
	assert.equal(listening, false);
});

test("a WebSocket that never answers the close frame is cut, and reported by name", limit, async (t) => {
	const { service, connect, until } = await open(t, { lingerMs: 0 });
	const { client, atServer, ended } = await connect("/mute");
	client.pause();
	void service.stop();
	await until(() => atServer.readyState === WebSocket.CLOSING);
	const { left } = await service.stopNow();
	assert.deepEqual(
		left.map(({ name, what }) => `${name} ${what}`),
		["chat WebSocket /mute"],
	);
	client.resume();
	// The close frame had come; without it, it would be 1006.
	assert.match(await ended, /^1001 /);
});

test(
	"a WebSocket that goes on sending and never answers the close frame is cut, and reported by name",
	limit,
	async (t) => {
		const { service, server, until, heard } = await open(t, { lingerMs: 0, gracePeriodMs: 20_000 });
		const client = dial((server.address() as AddressInfo).port, "127.0.0.1");
		client.on("error", () => {}).write(webSocketRequest("/chatty"));
		await once(client, "data");
		client.pause();
		// A text of one letter, with a mask that changes nothing (RFC 6455 section 5.2).
		const say = setInterval(() => client.write(Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x78])), 5);
		t.after(() => {
			clearInterval(say);
			client.destroy();
		});
		await until(() => heard.length > 0);
		const { ok, hardStop, endedEarly } = await service.stop();
		assert.deepEqual({ ok, hardStop }, { ok: true, hardStop: undefined });
		assert.deepEqual(
			endedEarly.map(({ name, what, why }) => [name, what, why]),
			[["chat", "WebSocket /chatty", "peer-silent"]],
		);
	},
);

test("a WebSocket that has yet to take what was sent is waited for when a silent one is cut", limit, async (t) => {
	const { service, connect, until } = await open(t, { lingerMs: 0 });
	const [slow, silent] = [await connect("/slow"), await connect("/silent")];
	for (const { client } of [slow, silent]) client.pause();
	const large = "x".repeat(20_000_000);
	slow.atServer.send(large);
	const closed = service.stop();
	await until(() => silent.atServer.readyState === WebSocket.CLOSED);
	let received = 0;
	slow.client.on("message", (message) => {
		received += String(message).length;
	});
	slow.client.resume();
	assert.equal(await slow.ended, "1001 service is shutting down");
	assert.equal(received, large.length);
	const { ok, endedEarly } = await closed;
	assert.equal(ok, true);
	assert.deepEqual(
		endedEarly.map(({ what }) => what),
		["WebSocket /silent"],
	);
});

test("a WebSocket whose upgrade is completed while draining gets a close frame too", limit, async (t) => {
	const { service, until } = await running(t);
	const server = createServer();
	const webSockets = service.serve(
		"chat",
		new WebSocketServer({ server, verifyClient: (_info, verified) => verify.push(verified) }),
	);
	const verify: ((ok: boolean) => void)[] = [];
	await service.listen("web", server, { port: 0, host: "127.0.0.1" });
	const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
	const ended = once(client, "close");
	await until(() => verify.length > 0);
	void service.stop();
	await until(() => !server.listening);
	assert.equal(webSockets.clients.size, 0);
	verify[0]?.(true);
	const [code] = await ended;
	assert.equal(code, 1001);
	assert.equal((await service.closed).ok, true);
});

test("WebSockets that were open before serve() get a close frame", limit, async (t) => {
	const { service, until, names } = await running(t);
	const webSockets = new WebSocketServer({ port: 0, host: "127.0.0.1" });
	await once(webSockets, "listening");
	const client = new WebSocket(`ws://127.0.0.1:${(webSockets.address() as AddressInfo).port}/early`);
	const ended = once(client, "close");
	await until(() => webSockets.clients.size > 0);
	service.serve("chat", webSockets);
	assert.deepEqual(names(), ["chat WebSocket"]);
	let closes = 0;
	webSockets.on("close", () => closes++);
	const { ok } = await service.stop();
	const [code] = await ended;
	assert.deepEqual([ok, code], [true, 1001]);
	await until(() => closes > 0);
	assert.equal(closes, 1);
});

test("many WebSockets get their close frames one after another", limit, async (t) => {
	const { service, connect, until } = await open(t, { lingerMs: 0, spreadMs: 60_000 });
	const clients: Awaited<ReturnType<typeof connect>>[] = [];
	// About a millisecond for each.
	for (let i = 0; i < 60; i++) clients.push(await connect());
	const isOpen = ({ atServer }: { atServer: WebSocket }): boolean => atServer.readyState === WebSocket.OPEN;
	void service.stop();
	await until(() => !clients.every(isOpen));
	assert.ok(clients.some(isOpen), "all got their close frames in one turn");
	assert.deepEqual(
		new Set(await Promise.all(clients.map(({ ended }) => ended))),
		new Set(["1001 service is shutting down"]),
	);
});

test(
	"WebSockets of a server without clients tracking, or without a connection event, get a close frame all the same",
	limit,
	async (t) => {
		const { service, until, names } = await running(t);
		const server = createServer();
		const untracked = service.serve("untracked", new WebSocketServer({ noServer: true, clientTracking: false }));
		const silent = service.serve("silent", new WebSocketServer({ noServer: true }));
		server.on("upgrade", (request, socket, head) => {
			const webSockets = request.url === "/untracked" ? untracked : silent;
			webSockets.handleUpgrade(request, socket, head, (webSocket) => {
				if (webSockets === untracked) untracked.emit("connection", webSocket, request);
			});
		});
		await service.listen("web", server, { port: 0, host: "127.0.0.1" });
		const ended = ["/untracked", "/silent"].map(async (path) => {
			const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
			await once(client, "open");
			const [code] = await once(client, "close");
			return code as number;
		});
		await until(() => names().length === 2);
		assert.deepEqual(names().sort(), ["silent WebSocket /silent", "untracked WebSocket /untracked"]);
		void service.stop();
		assert.deepEqual(await Promise.all(ended), [1001, 1001]);
	},
);
