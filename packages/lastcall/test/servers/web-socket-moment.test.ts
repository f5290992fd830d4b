// When a WebSocket that is not registered gets its close frame: between two messages, and after what answers the last one.
import assert from "node:assert/strict";
import { request as ask, createServer } from "node:http";
import { type AddressInfo, connect as dial, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import { WebSocketServer } from "ws";
import { webSocketRequest } from "../support/silent-client.ts";
import { limit } from "../support/time-limit.ts";
import { until } from "../support/until.ts";
import { frame, text } from "../support/web-socket-frames.ts";
import { byHand, CLOSED, openServer } from "./open-web-sockets.ts";

/** Calls `work` again and again, until the test is over. */
function repeat(t: TestContext, ms: number, work: () => unknown): void {
	const timer = setInterval(work, ms);
	t.after(() => clearInterval(timer));
}

/** A client at the level of bytes, which closes its side when the server has. */
async function rawClient(t: TestContext, port: number) {
	const client = dial(port, "127.0.0.1");
	t.after(() => client.destroy());
	const parts: Buffer[] = [];
	client.on("data", (part: Buffer) => parts.push(part)).write(webSocketRequest("/room"));
	const ended = new Promise<void>((resolve) => client.once("end", () => resolve(void client.end())));
	const frames = (): Buffer => {
		const all = Buffer.concat(parts);
		return all.subarray(all.indexOf("\r\n\r\n") + 4);
	};
	await until(t, () => parts.length > 0);
	return { client, ended, frames };
}

const close = (code: number, isMasked: boolean): Buffer => {
	const payload = Buffer.alloc(2);
	payload.writeUInt16BE(code);
	return frame({ opcode: 8, payload, isMasked });
};

const BIG = Buffer.alloc(300, "x");
const bytes = frame({ opcode: 1, payload: BIG });

/** How a library may write one frame. */
const writers: Readonly<Record<string, (write: (part: Buffer) => void) => Promise<void> | void>> = {
	"in one write": (write) => write(bytes),
	"in several writes of one turn": (write) => {
		write(bytes.subarray(0, 2));
		write(bytes.subarray(2, 4));
		write(bytes.subarray(4, 100));
		write(bytes.subarray(100));
	},
	"in several turns": async (write) => {
		write(bytes.subarray(0, 1));
		await nextTurn();
		write(bytes.subarray(1, 50));
		await delay(5);
		write(bytes.subarray(50));
	},
};

for (const [how, writeFrame] of Object.entries(writers)) {
	test(`no close frame stands in the middle of a frame that a library writes ${how}`, limit, async (t) => {
		const isOver = { value: false };
		t.after(() => (isOver.value = true));
		const { service, connect } = await openServer(
			t,
			byHand((socket) => {
				socket.resume();
				const goOn = async (): Promise<void> => {
					while (!isOver.value && socket.writable) {
						await writeFrame((part) => void (socket.writable && socket.write(part)));
						await delay(3);
					}
				};
				void goOn();
			}),
			{ lingerMs: 30 },
		);
		const clients = await Promise.all(Array.from({ length: 10 }, () => connect()));
		await until(t, () => clients.every(({ messages }) => messages.length > 0));
		const closed = service.stop();
		for (const { ended, messages, errors } of clients) {
			assert.equal(await ended, CLOSED);
			assert.deepEqual(errors, []);
			assert.ok(messages.every((message) => message === BIG.toString()));
		}
		assert.equal((await closed).ok, true);
	});
}

test("no close frame stands between two parts of a frame that are farther apart than the linger", limit, async (t) => {
	const sockets: Socket[] = [];
	const { service, connect } = await openServer(
		t,
		byHand((socket) => sockets.push(socket.resume())),
		{ lingerMs: 30 },
	);
	const { ended, messages, errors } = await connect();
	const closed = service.stop();
	const [socket] = sockets;
	assert.ok(socket);
	// From then on, frames are followed.
	await until(t, () => Object.hasOwn(socket, "write"));
	socket.write(bytes.subarray(0, 50));
	await delay(300);
	socket.write(bytes.subarray(50));
	assert.equal(await ended, CLOSED);
	assert.deepEqual([messages, errors], [[BIG.toString()], []]);
	assert.equal((await closed).ok, true);
});

test("no close frame stands in the middle of a message that a library sends in several frames", limit, async (t) => {
	const parts = ["a", "b", "c", "d", "e"].map((letter, i) =>
		frame({ opcode: i === 0 ? 1 : 0, isLast: i === 4, payload: Buffer.from(letter) }),
	);
	const { service, port } = await openServer(
		t,
		byHand((socket) => {
			let at = 0;
			socket.on("data", () => socket.end());
			repeat(t, 9, () => void (socket.writable && socket.write(parts[at++ % 5] ?? "")));
		}),
	);
	const clients = await Promise.all(Array.from({ length: 10 }, () => rawClient(t, port)));
	const closed = service.stop();
	for (const { client, ended, frames } of clients) {
		await until(t, () => frames().includes("shutting down"));
		client.write(close(1001, true));
		await ended;
		const before = frames().subarray(0, frames().indexOf(Buffer.from([0x88])));
		assert.equal(
			before.toString("latin1"),
			Buffer.concat(parts)
				.toString("latin1")
				.repeat(before.length / 15),
		);
	}
	assert.equal((await closed).ok, true);
});

test(
	"a close frame finds the end of a frame where what is written always ends within the next one",
	limit,
	async (t) => {
		const two = Buffer.concat([bytes, bytes]);
		const { service, connect } = await openServer(
			t,
			byHand((socket) => {
				socket.resume();
				let at = 0;
				repeat(t, 2, () => {
					if (socket.writable) socket.write(two.subarray(at, at === 0 ? 100 : at + bytes.length));
					at = 100;
				});
			}),
			{ lingerMs: 30 },
		);
		const clients = await Promise.all(Array.from({ length: 5 }, () => connect()));
		await until(t, () => clients.every(({ messages }) => messages.length > 0));
		const closed = service.stop();
		for (const { ended, messages, errors } of clients) {
			assert.equal(await ended, CLOSED);
			assert.deepEqual([errors, new Set(messages)], [[], new Set([BIG.toString()])]);
		}
		assert.equal((await closed).ok, true);
	},
);

test("a proxy that passes the bytes of another server on", limit, async (t) => {
	const backend = createServer();
	const payload = "y".repeat(1_000_000);
	new WebSocketServer({ server: backend }).on("connection", (webSocket) => {
		repeat(t, 5, () => void (webSocket.bufferedAmount === 0 && webSocket.send(payload)));
	});
	await new Promise<void>((resolve) => backend.listen(0, "127.0.0.1", resolve));
	t.after(() => backend.close());
	const { port } = backend.address() as AddressInfo;
	const { service, connect } = await openServer(t, (server) =>
		server.on("upgrade", ({ headers, url }, socket) => {
			const above = ask({ port, host: "127.0.0.1", path: url ?? "/", headers });
			above.on("upgrade", (response, below, head) => {
				const lines = Object.entries(response.headers).map(([name, value]) => `${name}: ${value}\r\n`);
				socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("")}\r\n`);
				// The beginning of the first message, where that came together with the response.
				socket.write(head);
				below.on("error", () => {}).pipe(socket);
				socket.on("error", () => {}).pipe(below);
			});
			above.end();
		}),
	);
	const { ended, errors, messages } = await connect();
	await until(t, () => messages.length > 2);
	const closed = service.stop();
	assert.equal(await ended, CLOSED);
	assert.deepEqual(errors, []);
	assert.ok(messages.every((message) => message === payload));
	assert.equal((await closed).ok, true);
});

for (const when of ["before", "after"]) {
	test(
		`a message that has come ${when} the stop gets its response, 200 ms later, before the close frame`,
		limit,
		async (t) => {
			let heard = 0;
			const { service, connect, server } = await openServer(
				t,
				(server) =>
					void new WebSocketServer({ server }).on("connection", (webSocket) => {
						webSocket.on("message", async (message) => {
							heard++;
							await delay(200);
							webSocket.send(`response to ${message}`);
						});
					}),
				{ lingerMs: 1_000 },
			);
			const { client, ended, messages } = await connect();
			if (when === "before") client.send("work");
			if (when === "before") await until(t, () => heard === 1);
			const closed = service.stop();
			await until(t, () => !server.listening);
			if (when === "after") client.send("work");
			assert.equal(await ended, CLOSED);
			assert.deepEqual(messages, ["response to work"]);
			assert.equal((await closed).ok, true);
		},
	);
}

test("several messages that come at once all get their responses before the close frame", limit, async (t) => {
	const { service, connect, server } = await openServer(
		t,
		(server) =>
			void new WebSocketServer({ server }).on("connection", (webSocket) => {
				webSocket.on("message", async (message) => {
					await delay(Number(message));
					webSocket.send(String(message));
				});
			}),
		{ lingerMs: 1_000 },
	);
	const { client, ended, messages } = await connect();
	const closed = service.stop();
	await until(t, () => !server.listening);
	for (const ms of ["50", "300", "600"]) client.send(ms);
	assert.equal(await ended, CLOSED);
	assert.deepEqual(messages, ["50", "300", "600"]);
	assert.equal((await closed).ok, true);
});

test("a client that gets messages and sends none, and one that is pinged and pings", limit, async (t) => {
	const { service, connect } = await openServer(
		t,
		(server) =>
			void new WebSocketServer({ server }).on("connection", (webSocket, { url }) => {
				repeat(t, 7, () => (url === "/ping" ? webSocket.ping() : webSocket.send("push")));
			}),
	);
	const clients = [await connect("/push"), await connect("/ping")];
	const [, pinging] = clients;
	repeat(t, 5, () => void (pinging?.client.readyState === 1 && pinging.client.ping()));
	await until(t, () => (clients[0]?.messages.length ?? 0) > 0);
	const closed = service.stop();
	for (const { ended, errors } of clients) {
		assert.equal(await ended, CLOSED);
		assert.deepEqual(errors, []);
	}
	const { ok, endedEarly } = await closed;
	assert.deepEqual([ok, endedEarly], [true, []]);
});

test("a client that begins the closing handshake itself gets one close frame, from the library", limit, async (t) => {
	const { service, server, port } = await openServer(
		t,
		// It takes longer than the linger.
		byHand((socket) => socket.on("data", () => setTimeout(() => socket.end(close(4000, false)), 200))),
		{ lingerMs: 50 },
	);
	const { client, ended, frames } = await rawClient(t, port);
	const closed = service.stop();
	await until(t, () => !server.listening);
	client.write(close(4000, true));
	await ended;
	assert.deepEqual(frames(), close(4000, false));
	assert.equal((await closed).ok, true);
});

test("a library that closes its WebSockets itself while draining sends the only close frame", limit, async (t) => {
	const webSockets = new WebSocketServer({ noServer: true });
	const { service, server, port } = await openServer(
		t,
		(server) =>
			server.on("upgrade", (request, socket, head) => webSockets.handleUpgrade(request, socket, head, () => {})),
		{ lingerMs: 100 },
	);
	const { client, ended, frames } = await rawClient(t, port);
	const closed = service.stop();
	await until(t, () => !server.listening);
	await delay(50);
	for (const webSocket of webSockets.clients) webSocket.close(4001);
	// It replies later than the linger.
	await delay(200);
	client.write(close(4001, true));
	await ended;
	assert.deepEqual(frames(), close(4001, false));
	assert.equal((await closed).ok, true);
});

test(
	"everything that was sent before comes before the close frame, to a client that reads slowly",
	limit,
	async (t) => {
		const sent = 50;
		const { service, server, connect } = await openServer(
			t,
			byHand((socket) => {
				socket.resume();
				for (let i = 0; i < sent; i++) socket.write(text("z".repeat(200_000)));
			}),
			{ lingerMs: 0 },
		);
		const { client, messages, ended } = await connect();
		client.pause();
		const closed = service.stop();
		await until(t, () => !server.listening);
		await delay(100);
		client.resume();
		assert.equal(await ended, CLOSED);
		assert.equal(messages.length, sent);
		assert.equal((await closed).ok, true);
	},
);
