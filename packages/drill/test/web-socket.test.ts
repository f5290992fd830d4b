import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type WebSocket, WebSocketServer } from "ws";
import type { Endpoint } from "#src/load/running-load.js";
import { type WebSocketOptions, webSocket } from "#src/load/web-socket.js";
import { type RequestRecord, tally } from "#src/record/outcome.js";
import { type RawRequest, rawServer } from "./support/raw-server.ts";
import { until } from "./support/until.ts";

async function webSocketServer(act: (socket: WebSocket, connection: number) => void) {
	const sockets: WebSocket[] = [];
	const requests: { url?: string | undefined; headers: NodeJS.Dict<string | string[]> }[] = [];
	const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
	server.on("connection", (socket, { url, headers }) => {
		requests.push({ url, headers });
		act(socket, sockets.push(socket) - 1);
	});
	await once(server, "listening");
	const close = async () => {
		for (const socket of sockets) socket.terminate();
		server.close();
		await once(server, "close");
	};
	const target = { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
	return { server, sockets, requests, target, close };
}

function described({ outcome, detail, status, error }: RequestRecord): string {
	return [outcome, status, detail, error].filter((word) => word !== undefined).join(" ");
}

/** What became of the first connection. */
async function first(target: Endpoint, options: WebSocketOptions = {}, timeoutMs = 30_000): Promise<string[]> {
	const load = webSocket(target, { connections: 1, ...options });
	if (timeoutMs === 30_000) await until(() => load.connectionsEnded.length > 0);
	else await load.steady;
	const records = await load.finish({ timeoutMs });
	return records.filter(({ connection }) => connection === 0).map(described);
}

for (const [name, act, expected] of [
	["close frame 1001", (socket: WebSocket) => socket.close(1001, "going away"), "answered 1001"],
	["close frame without a code", (socket: WebSocket) => socket.close(), "answered 1005"],
	["terminated", (socket: WebSocket) => socket.terminate(), "cut 101 no-close-frame"],
] as const) {
	test(`${name}: ${expected}`, async () => {
		const server = await webSocketServer(act);
		assert.deepEqual(await first(server.target), [expected]);
		await server.close();
	});
}

test("at the time limit a connection that is still open is cut", async () => {
	const server = await webSocketServer(() => {});
	assert.deepEqual(await first(server.target, {}, 30), ["cut 101 time-limit"]);
	await server.close();
});

/** What became of the connection at the end of a load that lets it stay open, once the server has heard `event` so often. */
async function leftOpen(event: "ping" | "message", times: number, options: WebSocketOptions = {}): Promise<string[]> {
	let heard = 0;
	const server = await webSocketServer((socket) => {
		socket.once("message", (data) => socket.send(data));
		socket.on(event, () => heard++);
	});
	const load = webSocket(server.target, { connections: 1, ...options });
	await load.steady;
	const end = new AbortController();
	if (event === "message") await until(() => heard >= times);
	const finished = load.finish({ mayStayOpen: true, signal: end.signal });
	if (event === "ping") await until(() => heard >= times);
	// The pong is in the kernel.
	for (let turns = 0; turns < 20; turns++) await nextTurn();
	end.abort();
	const records = await finished;
	await server.close();
	return [...new Set(records.map(described))].sort();
}

test("at the end of a load that lets connections stay open, one that answers a ping is not lost", async () => {
	assert.deepEqual(await leftOpen("ping", 1), ["answered 101 still-open"]);
});

test("one that owes a message is lost all the same", async () => {
	const expected = ["answered", "cut 101 time-limit", "unanswered time-limit"];
	assert.deepEqual(await leftOpen("message", 2, { message: "hm", everyMs: 20 }), expected);
});

test("and so is one that answers no ping", async () => {
	const server = await webSocketServer((socket) => socket.pause());
	const load = webSocket(server.target, { connections: 1 });
	await load.steady;
	const records = await load.finish({ timeoutMs: 50, mayStayOpen: true });
	assert.deepEqual(records.map(described), ["cut 101 time-limit"]);
	await server.close();
});

/** The response to an upgrade, and frames after it. */
function upgraded({ head }: RawRequest, ...frames: number[]): Buffer {
	const key = /sec-websocket-key: (.*)/i.exec(head)?.[1] ?? "";
	const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
	const lines = ["HTTP/1.1 101 Hm", "upgrade: websocket", "connection: upgrade", `sec-websocket-accept: ${accept}`];
	return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), Buffer.from(frames)]);
}

const goingAway = [0x88, 2, 0x03, 0xe9];
const cases: [name: string, act: (request: RawRequest) => void, expected: string][] = [
	["FIN in place of a response", ({ socket }) => socket.end(), "unanswered"],
	["RST in place of a response", ({ socket }) => socket.resetAndDestroy(), "reset ECONNRESET"],
	["a whole 503", ({ socket }) => socket.end("HTTP/1.1 503 No\r\ncontent-length: 2\r\n\r\nno"), "turned-away 503"],
	[
		"a 503 that keeps alive",
		({ socket }) => socket.write("HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n"),
		"turned-away 503",
	],
	["a whole 429, until FIN", ({ socket }) => socket.end("HTTP/1.1 429 No\r\n\r\nno"), "turned-away 429"],
	["half a 503", ({ socket }) => socket.end("HTTP/1.1 503 No\r\ncontent-length: 2\r\n\r\nn"), "cut 503"],
	["a whole 404", ({ socket }) => socket.end("HTTP/1.1 404 No\r\ncontent-length: 2\r\n\r\nno"), "answered 404"],
	["half a head", ({ socket }) => socket.end("HTTP/1.1 10"), "cut"],
	["no HTTP", ({ socket }) => socket.end("SSH-2.0\r\n\r\n"), "cut unparsable HPE_INVALID_CONSTANT"],
	[
		"a wrong key",
		({ socket }) => socket.write("HTTP/1.1 101 Hm\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n"),
		"cut 101 unparsable Invalid Sec-WebSocket-Accept header",
	],
	["FIN after 101", (request) => request.socket.end(upgraded(request)), "cut 101 no-close-frame"],
	[
		"a close frame with the 101, and FIN",
		(request) => request.socket.end(upgraded(request, ...goingAway)),
		"answered 1001",
	],
	["half a close frame", (request) => request.socket.end(upgraded(request, 0x88, 2, 3)), "cut 101 no-close-frame"],
	[
		"a frame that is none",
		(request) => request.socket.write(upgraded(request, 0x70, 0)),
		"cut 101 unparsable WS_ERR_UNEXPECTED_RSV_2_3",
	],
	[
		"RST after 101",
		(request) => request.socket.write(upgraded(request), () => setImmediate(() => request.socket.resetAndDestroy())),
		"cut 101 no-close-frame ECONNRESET",
	],
];

for (const [name, act, expected] of cases) {
	test(`${name}: ${expected}`, async () => {
		const server = await rawServer(act);
		assert.deepEqual(await first(server.target), [expected]);
		await server.close();
	});
}

test("an upgrade without a response is unanswered at the time limit", async () => {
	let asked = 0;
	const server = await rawServer(() => asked++);
	const load = webSocket(server.target, { connections: 2 });
	await until(() => asked === 2);
	const records = await load.finish({ timeoutMs: 20 });
	await server.close();
	assert.deepEqual(records.map(described), ["unanswered time-limit", "unanswered time-limit"]);
});

test("a server that upgrades nothing: steady rejects", async () => {
	const server = await rawServer(({ socket }) => socket.end("HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n"));
	const load = webSocket(server.target, { connections: 1 });
	await assert.rejects(load.steady, /websocket to 127.0.0.1:\d+ was not upgraded \(404\)/);
	await load.finish();
	await server.close();
});

test("a refused port is refused", async () => {
	const server = await rawServer(() => {});
	await server.close();
	const load = webSocket(server.target, { connections: 1 });
	await assert.rejects(load.steady, /was refused \(ECONNREFUSED\)/);
	await until(() => load.refusedAttempts >= 5);
	assert.deepEqual((await load.finish()).map(described), Array(3).fill("refused ECONNREFUSED"));
});

test("path, headers and subprotocols arrive, and without a message nothing is sent", async () => {
	let messages = 0;
	const server = await webSocketServer((socket) => {
		socket.on("message", () => messages++);
		socket.send("hello");
	});
	const headers = { "X-Mine": "1", "Sec-WebSocket-Protocol": "a, b" };
	const load = webSocket({ ...server.target, path: "/x?y", headers });
	await load.steady;
	assert.equal(server.sockets.length, 16);
	const finished = load.finish();
	for (const socket of server.sockets) socket.close(1001);
	const records = await finished;
	await server.close();
	assert.deepEqual(records.map(described), Array(16).fill("answered 1001"));
	assert.equal(messages, 0);
	assert.deepEqual(
		records.map(({ id }) => id).sort(),
		server.requests.map((request) => request.headers["x-request-id"]).sort(),
	);
	for (const { url, headers } of server.requests) {
		assert.equal(url, "/x?y");
		assert.equal(headers.host, `127.0.0.1:${server.target.port}`);
		assert.equal(headers["x-mine"], "1");
		assert.equal(headers["sec-websocket-protocol"], "a,b");
		assert.equal(headers["sec-websocket-extensions"], undefined);
	}
});

test("each message that comes back is answered, and those left are lost with the connection", async () => {
	let echoes = 0;
	const server = await webSocketServer((socket, connection) => {
		let received = 0;
		socket.on("message", (message, isBinary) => {
			assert.deepEqual([String(message), isBinary], ["ping", false]);
			// Two more are left without a response, then the connection ends.
			if (++received <= 5) socket.send(message, () => echoes++);
			else if (received === 7) {
				if (connection % 2 === 0) socket.close(1001);
				else socket.terminate();
			}
		});
	});
	const load = webSocket(server.target, { connections: 2, message: "ping", everyMs: 1 });
	await load.steady;
	assert.ok(echoes >= 2);
	await until(() => load.connectionsEnded.length >= 4);
	const records = await load.finish({ timeoutMs: 10 });
	await server.close();
	for (const { connection, how } of load.connectionsEnded.slice(0, 4)) {
		const [upgrade, ...messages] = records
			.filter((record) => record.connection === connection)
			.sort((a, b) => a.nth - b.nth);
		assert.deepEqual([upgrade?.nth, messages[0]?.nth, messages[6]?.nth], [0, 1, 7]);
		assert.deepEqual(messages.slice(0, 5).map(described), Array(5).fill("answered"));
		const lost = how === "reset" ? "reset ECONNRESET" : "unanswered";
		assert.deepEqual(new Set(messages.slice(5).map(described)), new Set([lost]));
	}
	assert.equal(new Set(records.map(({ id }) => id)).size, records.length);
});

test("what is in flight when the load is finished is waited for, and nothing more is sent", async () => {
	let held: (() => void)[] = [];
	const holding = new Set<object>();
	const server = await webSocketServer((socket) => {
		let received = 0;
		socket.on("message", (message) => {
			if (received++ === 0) socket.send(message);
			else {
				holding.add(socket);
				held.push(() => socket.send(message, () => socket.close(1001)));
			}
		});
	});
	const load = webSocket(server.target, { connections: 4, message: new Uint8Array([1]), everyMs: 1 });
	await load.steady;
	await until(() => holding.size === 4);
	const finished = load.finish();
	const before = held;
	held = [];
	for (const release of before) release();
	const records = await finished;
	await server.close();
	const connections = records.filter(({ nth }) => nth === 0);
	assert.deepEqual(connections.map(described), Array(4).fill("answered 1001"));
	assert.ok(tally(records).answered >= 4 + 4 + 4);
});

test("a connection that the server closed is opened again after a pause", async () => {
	const server = await webSocketServer((socket) => socket.close(1001));
	const load = webSocket(server.target, { connections: 1 });
	await until(() => load.connectionsEnded.length >= 3);
	await load.finish();
	await server.close();
	for (const [index, { openedAtMs }] of load.connectionsEnded.slice(1).entries())
		assert.ok(openedAtMs - (load.connectionsEnded[index]?.atMs ?? Number.NaN) >= 19);
	assert.ok(load.connectionsEnded.every(({ how }) => how === "by-server"));
});

test("what can't be used is refused at once", () => {
	const target = { host: "127.0.0.1", port: 1 };
	assert.throws(() => webSocket(target, { connections: 0 }), RangeError);
	assert.throws(() => webSocket(target, { message: "x", everyMs: 0 }), RangeError);
	assert.throws(() => webSocket({ ...target, headers: { "Sec-WebSocket-Key": "x" } }), TypeError);
	assert.throws(() => webSocket({ ...target, path: "/a b" }), TypeError);
	for (const subprotocols of ["a, a", "a b", "a,"])
		assert.throws(() => webSocket({ ...target, headers: { "sec-websocket-protocol": subprotocols } }), TypeError);
});
