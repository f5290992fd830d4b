import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Server } from "socket.io";
import { io, type Socket } from "socket.io-client";
import { type RunningService, running } from "../support/running-service.ts";
import { limit } from "../support/time-limit.ts";

const transports = ["websocket", "polling"] as const;

type Ack = (...data: unknown[]) => void;

interface Chat extends RunningService {
	readonly chat: Server;
	/** Connects to a namespace, and resolves when the server has accepted the client. */
	connect(transport: (typeof transports)[number], namespace?: string): Promise<Socket>;
	/** Serves it. Called at once unless the test does it later. */
	serve(): void;
}

async function open(t: TestContext, { later = false } = {}): Promise<Chat> {
	const started = await running(t);
	const server = createServer();
	const chat = new Server(server);
	const serve = (): void => void started.service.serve("chat", chat);
	if (!later) serve();
	await started.service.listen("web", server, { port: 0, host: "127.0.0.1" });
	const { port } = server.address() as AddressInfo;
	return {
		...started,
		chat,
		serve,
		connect: async (transport, namespace = "/") => {
			// As browsers do. Without an agent, each poll comes on a new connection, which is refused while draining.
			const agent = new Agent({ keepAlive: true });
			const options = { transports: [transport], reconnection: false, forceNew: true, agent: agent as never };
			const client = io(`http://127.0.0.1:${port}${namespace}`, options);
			t.after(() => {
				client.disconnect();
				agent.destroy();
			});
			await new Promise<void>((resolve) => client.once("connect", resolve));
			return client;
		},
	};
}

/** The pending acknowledgements of this event, in order. */
function holdAcks(server: { on(event: "connection", listener: (socket: never) => void): unknown }): Ack[] {
	const acks: Ack[] = [];
	server.on("connection", (socket: { on(event: string, listener: (...args: unknown[]) => void): unknown }) => {
		socket.on("order", (...args) => acks.push(args.at(-1) as Ack));
	});
	return acks;
}

for (const transport of transports) {
	test(`${transport}: an event is in flight under its name alone until it is acknowledged`, limit, async (t) => {
		const { chat, connect, names, service, until } = await open(t);
		const acks = holdAcks(chat);
		const [client, idle] = [await connect(transport), await connect(transport)];
		const ack = client.emitWithAck("order", "a secret");
		await until(() => acks.length === 1);
		assert.ok(names().includes("chat Socket.IO /socket.io/: order"));
		assert.ok(!names().join().includes("secret"));
		const heard = once(client as never, "news");
		const closed = service.stop();
		// The linger is over then.
		await new Promise((resolve) => idle.once("disconnect", resolve));
		// It is sent on the open poll.
		chat.emit("news", "none");
		await heard;
		assert.equal(client.connected, true);
		acks[0]?.("placed");
		assert.equal(await ack, "placed");
		const { ok, hardStop } = await closed;
		assert.deepEqual({ ok, hardStop }, { ok: true, hardStop: undefined });
	});

	test(
		`${transport}: events with binary data and several events of one client are in flight until each is acknowledged`,
		limit,
		async (t) => {
			const { chat, connect, names, service, until } = await open(t);
			const acks = holdAcks(chat);
			const client = await connect(transport);
			const acknowledged = [1, 2, 3].map((n) => client.emitWithAck("order", Buffer.from([n])));
			await until(() => acks.length === 3);
			assert.equal(names().filter((name) => name.endsWith(": order")).length, 3);
			const closed = service.stop();
			await until(() => service.phase === "draining");
			for (const [at, ack] of acknowledged.entries()) {
				acks[at]?.(Buffer.from([at]));
				assert.deepEqual([...((await ack) as Buffer)], [at]);
			}
			assert.equal((await closed).ok, true);
		},
	);

	test(`${transport}: an event that is never acknowledged is left by name at the hard stop`, limit, async (t) => {
		const { chat, connect, service, until } = await open(t);
		const acks = holdAcks(chat);
		const client = await connect(transport);
		client.emit("order", () => {});
		await until(() => acks.length === 1);
		const { ok, left } = await service.stopNow();
		const names = left.map(({ name, what }) => `${name} ${what}`);
		assert.deepEqual([ok, names.includes("chat Socket.IO /socket.io/: order")], [false, true]);
	});
}

test(
	"events are in flight in namespaces that exist, are created later, or are created by their clients",
	limit,
	async (t) => {
		const { chat, connect, names, serve, service, until } = await open(t, { later: true });
		const early = holdAcks(chat.of("/early"));
		const dynamic = holdAcks(chat.of(/^\/shop-\d+$/));
		serve();
		const late = holdAcks(chat.of("/late"));
		const acknowledged: Promise<unknown>[] = [];
		for (const namespace of ["/early", "/shop-7", "/late"]) {
			acknowledged.push((await connect("websocket", namespace)).emitWithAck("order"));
		}
		await until(() => [early, dynamic, late].every(({ length }) => length === 1));
		assert.deepEqual(names(), Array(3).fill("chat Socket.IO /socket.io/: order"));
		const closed = service.stop();
		for (const [ack] of [early, dynamic, late]) ack?.("placed");
		assert.deepEqual(await Promise.all(acknowledged), Array(3).fill("placed"));
		assert.equal((await closed).ok, true);
	},
);

test("events of clients that connected before serve() are in flight", limit, async (t) => {
	const { chat, connect, names, serve, until } = await open(t, { later: true });
	const acks = holdAcks(chat);
	const client = await connect("websocket");
	serve();
	client.emit("order", () => {});
	await until(() => acks.length === 1);
	assert.deepEqual(names(), ["chat Socket.IO /socket.io/: order"]);
	acks[0]?.();
	assert.deepEqual(names(), ["chat Socket.IO /socket.io/"]);
});

test("an event is in flight already while the program's middleware handles it", limit, async (t) => {
	const { chat, connect, names, until } = await open(t);
	let allow: (() => void) | undefined;
	chat.on("connection", (socket) => {
		socket.use((_event, next) => {
			allow = next;
		});
	});
	const acks = holdAcks(chat);
	const client = await connect("websocket");
	const ack = client.emitWithAck("order", "book");
	await until(() => allow !== undefined);
	assert.deepEqual(names(), ["chat Socket.IO /socket.io/: order"]);
	allow?.();
	await until(() => acks.length === 1);
	acks[0]?.("placed", "twice");
	acks[0]?.("again");
	assert.equal(await ack, "placed");
});

test("an event that asks for no acknowledgement, or has no listener, is not counted", limit, async (t) => {
	const { chat, connect, names, until } = await open(t);
	let heard = 0;
	chat.on("connection", (socket) => {
		socket.on("order", () => heard++);
		socket.onAny(() => heard++);
	});
	const client = await connect("websocket");
	client.emit("order", "book");
	client.emit("typing", () => {});
	await until(() => heard === 3);
	assert.deepEqual(names(), ["chat Socket.IO /socket.io/"]);
});

test("an event that the program has dropped without an acknowledgement is not in flight for ever", limit, async (t) => {
	setFlagsFromString("--expose-gc");
	const collect = runInNewContext("gc") as () => void;
	const { chat, connect, names, until } = await open(t);
	let heard = 0;
	chat.on("connection", (socket) => socket.on("order", () => heard++));
	const client = await connect("websocket");
	client.emit("order", () => {});
	await until(() => heard === 1);
	await until(() => {
		collect();
		return names().join() === "chat Socket.IO /socket.io/";
	});
});

test("without a list of namespaces, events of the main namespace are in flight", limit, async (t) => {
	const { chat, connect, names, serve, until } = await open(t, { later: true });
	const { _nsps: namespaces } = chat as unknown as { _nsps: unknown };
	Object.assign(chat, { _nsps: undefined });
	serve();
	Object.assign(chat, { _nsps: namespaces });
	const acks = holdAcks(chat);
	const client = await connect("websocket");
	client.emit("order", () => {});
	await until(() => acks.length === 1);
	assert.deepEqual(names(), ["chat Socket.IO /socket.io/: order"]);
});
