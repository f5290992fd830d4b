import assert from "node:assert/strict";
import { createServer, get, type ServerResponse } from "node:http";
import { type AddressInfo, connect as dial } from "node:net";
import { type TestContext, test } from "node:test";
import { Server } from "socket.io";
import { io, type Socket } from "socket.io-client";
import { type RunningService, running } from "../support/running-service.ts";
import { limit } from "../support/time-limit.ts";

interface Chat extends RunningService {
	readonly chat: Server;
	readonly port: number;
	/** The responses to requests that are not Socket.IO's. */
	readonly others: ServerResponse[];
	connect(transports: string[], reconnection?: boolean): Promise<Socket>;
}

async function open(t: TestContext): Promise<Chat> {
	const started = await running(t);
	const others: ServerResponse[] = [];
	const server = createServer((_request, response) => void others.push(response));
	const chat = started.service.serve("chat", new Server(server, { path: "/chat" }));
	await started.service.listen("web", server, { port: 0, host: "127.0.0.1" });
	const { port } = server.address() as AddressInfo;
	return {
		...started,
		chat,
		port,
		others,
		connect: async (transports, reconnection = false) => {
			const client = io(`http://127.0.0.1:${port}`, { path: "/chat", transports, reconnection, forceNew: true });
			t.after(() => client.disconnect());
			await new Promise<void>((resolve) => client.once("connect", resolve));
			return client;
		},
	};
}

test(
	"a Socket.IO client is in flight under its path, and its WebSocket is not in flight of the HTTP server too",
	limit,
	async (t) => {
		const { connect, names, service } = await open(t);
		await connect(["websocket"]);
		assert.deepEqual(names(), ["chat Socket.IO /chat/"]);
		assert.equal((await service.stop()).ok, true);
	},
);

test("a Socket.IO client that began with long polling is in flight once", limit, async (t) => {
	const { connect, names, service, until } = await open(t);
	const client = await connect(["polling", "websocket"]);
	await until(() => client.io.engine.transport.name === "websocket" && names().length === 1);
	assert.deepEqual(names(), ["chat Socket.IO /chat/"]);
	assert.equal((await service.stop()).ok, true);
});

for (const transport of ["websocket", "polling"]) {
	test(
		`over ${transport}, what was sent before goes out before the end, and the Socket.IO client reconnects`,
		limit,
		async (t) => {
			const { chat, connect, service } = await open(t);
			const client = await connect([transport], true);
			const heard: number[] = [];
			client.on("news", (n: number) => heard.push(n));
			const reason = new Promise((resolve) => client.once("disconnect", resolve));
			for (let i = 0; i < 100; i++) chat.emit("news", i);
			const closed = service.stop();
			// A poll that needs a new connection is refused.
			assert.match(String(await reason), transport === "polling" ? /^transport (close|error)$/ : /^transport close$/);
			assert.equal(client.active, true, "it would connect again");
			assert.deepEqual(
				heard,
				Array.from({ length: 100 }, (_, i) => i),
			);
			assert.equal((await closed).ok, true);
		},
	);
}

test("the close frame to a Socket.IO client has code 1001", limit, async (t) => {
	const { connect, service } = await open(t);
	const client = await connect(["websocket"]);
	const code = new Promise((resolve) =>
		client.once("disconnect", (_reason, details) =>
			resolve((details as { context?: { code?: number } }).context?.code),
		),
	);
	void service.stop();
	assert.equal(await code, 1001);
});

test(
	"a polling client that opens no further poll is cut while the HTTP server still has a request",
	limit,
	async (t) => {
		const { service, port, others, until, names } = await open(t);
		const client = dial({ port, host: "127.0.0.1" });
		t.after(() => client.destroy());
		client.write("GET /chat/?EIO=4&transport=polling HTTP/1.1\r\nHost: localhost\r\n\r\n");
		await until(() => names().length === 1);
		get({ port, host: "127.0.0.1", path: "/slow" }).on("error", () => {});
		await until(() => others.length === 1);
		const closed = service.stop();
		await until(() => !names().some((name) => name.startsWith("chat ")));
		others[0]?.end("done");
		const { ok, endedEarly } = await closed;
		assert.equal(ok, true);
		assert.deepEqual(
			endedEarly.map(({ name, what, why }) => [name, what, why]),
			[["chat", "Socket.IO /chat/", "peer-silent"]],
		);
	},
);

test("serve() refuses a Socket.IO server that is attached to no HTTP server", limit, async (t) => {
	const { service } = await running(t);
	assert.throws(() => service.serve("chat", new Server()), {
		name: "TypeError",
		message: '"chat": a Server of Socket.IO must be attached to an HTTP server before it is served',
	});
});
