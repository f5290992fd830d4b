// WebSockets whose server the program has not registered: they are closed by frames on their sockets.
import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage, Server } from "node:http";
import { type AddressInfo, connect as dial, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { test } from "node:test";
import { type ServerOptions, WebSocketServer } from "ws";
import { https } from "../support/http-kinds.ts";
import { webSocketRequest } from "../support/silent-client.ts";
import { limit } from "../support/time-limit.ts";
import { until } from "../support/until.ts";
import { frame } from "../support/web-socket-frames.ts";
import { byHand, byWs, CLOSED, connectTo, echo, openServer } from "./open-web-sockets.ts";

test("WebSockets that are not registered are named, get a close frame and are waited for", limit, async (t) => {
	const { service, connect, names } = await openServer(t, byWs(echo));
	const clients = [await connect("/room/1"), await connect("/room/2?token=SECRET")];
	assert.deepEqual(names(), ["web WebSocket /room/1", "web WebSocket /room/2"]);
	const closed = service.stop();
	assert.deepEqual(names(), ["web WebSocket /room/1", "web WebSocket /room/2"]);
	assert.deepEqual(await Promise.all(clients.map(({ ended }) => ended)), [CLOSED, CLOSED]);
	const { ok, hardStop, endedEarly, left } = await closed;
	assert.deepEqual({ ok, hardStop, endedEarly, left }, { ok: true, hardStop: undefined, endedEarly: [], left: [] });
});

test("nothing listens to a WebSocket and nothing of its socket is replaced before the stop", limit, async (t) => {
	let socket: Duplex | undefined;
	const { service, connect, server } = await openServer(t, byWs(echo));
	server.on("upgrade", (_: IncomingMessage, upgraded: Duplex) => (socket = upgraded));
	const { client, messages, ended } = await connect();
	client.send("one");
	await until(t, () => messages.length === 1);
	assert.ok(socket);
	assert.deepEqual([Object.hasOwn(socket, "emit"), Object.hasOwn(socket, "write")], [false, false]);
	assert.equal(socket.listenerCount("data"), 1);
	void service.stop();
	assert.equal(await ended, CLOSED);
});

for (const [what, options] of Object.entries<ServerOptions>({
	"without a list of clients": { clientTracking: false },
	"with compression": { perMessageDeflate: { threshold: 0 } },
})) {
	test(`a WebSocketServer ${what}`, limit, async (t) => {
		const { service, connect } = await openServer(t, byWs(echo, options));
		const { client, messages, ended, errors } = await connect();
		client.send("x".repeat(100_000));
		await until(t, () => messages.length === 1);
		const closed = service.stop();
		assert.equal(await ended, CLOSED);
		assert.deepEqual(errors, []);
		assert.equal((await closed).ok, true);
	});
}

test(
	"a WebSocketServer that gets its upgrades from the program, without an event for a connection",
	limit,
	async (t) => {
		const webSockets = new WebSocketServer({ noServer: true });
		const { service, connect } = await openServer(t, (server) =>
			server.on("upgrade", (request, socket, head) => webSockets.handleUpgrade(request, socket, head, () => {})),
		);
		const { ended } = await connect();
		const { ok } = await service.stop();
		assert.deepEqual([await ended, ok], [CLOSED, true]);
	},
);

test("over TLS", limit, async (t) => {
	const server = https.createServer({}, () => {}) as Server;
	const { service, connect } = await openServer(t, byWs(echo), {}, server);
	const { client, messages, ended, errors } = await connect();
	const closed = service.stop();
	await until(t, () => !server.listening);
	client.on("message", () => client.send("again"));
	client.send("first");
	assert.equal(await ended, CLOSED);
	assert.ok(messages.length > 0);
	assert.deepEqual(errors, []);
	assert.equal((await closed).ok, true);
});

test(
	"a WebSocket that was registered after it was opened gets one close frame, from its own server",
	limit,
	async (t) => {
		const webSockets = new WebSocketServer({ noServer: true });
		const { service, port } = await openServer(t, (server) =>
			server.on("upgrade", (request, socket, head) => webSockets.handleUpgrade(request, socket, head, () => {})),
		);
		const client = dial(port, "127.0.0.1");
		t.after(() => client.destroy());
		client.write(webSocketRequest("/room"));
		const bytes: Buffer[] = [];
		client.on("data", (part: Buffer) => bytes.push(part));
		await until(t, () => webSockets.clients.size === 1);
		service.serve("chat", webSockets);
		void service.stop();
		await until(t, () => Buffer.concat(bytes).includes("shutting down"));
		client.write(frame({ opcode: 8, payload: Buffer.from([3, 233]), isMasked: true }));
		await once(client, "end");
		assert.equal(Buffer.concat(bytes).toString().split("shutting down").length - 1, 1);
		client.end();
		assert.equal((await service.closed).ok, true);
	},
);

test("a socket that the program registers while draining gets the program's closing message", limit, async (t) => {
	const sockets: Socket[] = [];
	const { service, connect, server } = await openServer(
		t,
		byHand((socket) => sockets.push(socket.resume())),
		{
			lingerMs: 100,
		},
	);
	const { ended } = await connect();
	const closed = service.stop();
	await until(t, () => !server.listening);
	const close = frame({ opcode: 8, payload: Buffer.from([0x0f, 0xa0]) });
	for (const socket of sockets) service.upgraded("tail", socket, (socket) => void socket.end(close));
	assert.equal(await ended, "4000  clean");
	assert.equal((await closed).ok, true);
});

test("a handshake that is accepted while draining gets a close frame after it", limit, async (t) => {
	const verify: ((ok: boolean) => void)[] = [];
	const verifyClient = (_: unknown, verified: (ok: boolean) => void): void => void verify.push(verified);
	const { service, server, port } = await openServer(t, byWs(echo, { verifyClient }));
	const connecting = connectTo(t, `ws://127.0.0.1:${port}/late`);
	await until(t, () => verify.length === 1);
	const closed = service.stop();
	await until(t, () => !server.listening);
	assert.deepEqual(
		service.inFlight().map(({ what }) => what),
		["upgraded connection GET /late"],
	);
	verify[0]?.(true);
	const { ended } = await connecting;
	assert.equal(await ended, CLOSED);
	assert.equal((await closed).ok, true);
});

test("a handshake that is refused while draining gets the response of the program alone", limit, async (t) => {
	const sockets: Duplex[] = [];
	const { service, server } = await openServer(t, (server) =>
		server.on("upgrade", (_: IncomingMessage, socket: Duplex) => sockets.push(socket)),
	);
	const client = dial((server.address() as AddressInfo).port, "127.0.0.1");
	t.after(() => client.destroy());
	let text = "";
	client.on("data", (part) => (text += part)).write(webSocketRequest("/room"));
	await until(t, () => sockets.length === 1);
	const closed = service.stop();
	await until(t, () => !server.listening);
	const [socket] = sockets;
	// In pieces, as a proxy does.
	socket?.write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 4\r\n\r\n");
	setTimeout(() => socket?.end("nope").resume(), 200);
	await once(client, "end");
	client.end();
	assert.match(text, /^HTTP\/1.1 401 [\s\S]*\r\n\r\nnope$/);
	assert.equal((await closed).ok, true);
});

test("many WebSockets get their close frames one after another", limit, async (t) => {
	const { service, connect } = await openServer(t, byWs(echo), { lingerMs: 0, spreadMs: 60_000 });
	const clients: Awaited<ReturnType<typeof connect>>[] = [];
	// About a millisecond for each.
	for (let i = 0; i < 200; i++) clients.push(await connect());
	let endedCount = 0;
	for (const { ended } of clients) void ended.then(() => endedCount++);
	const closed = service.stop();
	await until(t, () => endedCount > 0);
	assert.ok(endedCount < 200, "all got their close frames in one turn");
	assert.deepEqual(new Set(await Promise.all(clients.map(({ ended }) => ended))), new Set([CLOSED]));
	assert.equal((await closed).ok, true);
});

test("a WebSocket that never closes is cut after its time, and reported by name", limit, async (t) => {
	const { service, connect } = await openServer(t, byWs(echo), { lingerMs: 0, gracePeriodMs: 20_000 });
	const { client } = await connect("/mute");
	client.pause();
	const { ok, hardStop, endedEarly } = await service.stop();
	assert.deepEqual({ ok, hardStop }, { ok: true, hardStop: undefined });
	assert.deepEqual(
		endedEarly.map(({ name, what, why }) => [name, what, why]),
		[["web", "WebSocket /mute", "peer-silent"]],
	);
});

test("the hard stop cuts a WebSocket, which is left by name", limit, async (t) => {
	const { service, server, connect } = await openServer(t, byWs(echo), { lingerMs: 60_000 });
	const { ended } = await connect();
	void service.stop();
	await until(t, () => !server.listening);
	const { left } = await service.stopNow();
	assert.deepEqual(
		left.map(({ name, what }) => `${name} ${what}`),
		["web WebSocket /room"],
	);
	assert.equal(await ended, "1006 ");
});

test(
	"a library that does not know close frames: the connection is closed when its client has sent its own",
	limit,
	async (t) => {
		const { service, connect } = await openServer(
			t,
			byHand((socket) => void socket.resume()),
		);
		const { ended } = await connect();
		const { ok, endedEarly } = await service.stop();
		assert.deepEqual([await ended, ok, endedEarly], [CLOSED, true, []]);
	},
);
