// A WebSocket that is not registered, and whose client sends at a steady pace: its close frame comes when the next message is farthest away.
import assert from "node:assert/strict";
import { Socket } from "node:net";
import { test } from "node:test";
import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import { FramePeer } from "#src/servers/peers/frame-peer.js";
import { limit } from "../support/time-limit.ts";
import { frame, text } from "../support/web-socket-frames.ts";
import { byWs, CLOSED, type Client, echo, type OpenServer, openServer } from "./open-web-sockets.ts";

/** A peer on a socket that is connected to nothing, with what its client and its program do. */
function peerOfNobody() {
	const socket = new Socket();
	let bytesWritten = 0;
	Object.defineProperty(socket, "bytesWritten", { get: () => bytesWritten });
	socket.write = (bytes: string | Uint8Array) => {
		bytesWritten += bytes.length;
		return true;
	};
	const peer = new FramePeer("http", "WebSocket /", socket, 0);
	peer.beginDrain(0);
	const receive = (): unknown => socket.emit("data", frame({ opcode: 1, payload: Buffer.from("x"), isMasked: true }));
	const respond = (): unknown => socket.write(text("x"));
	return {
		peer,
		receive,
		respond,
		write: (bytes: Uint8Array): unknown => socket.write(bytes),
		/** The client sends a message and gets its response. */
		exchange(): void {
			receive();
			respond();
		},
		/** Is it ready `ms` from now, when it has waited for longer than the linger? */
		isReadyIn: (ms: number): boolean =>
			peer.isReady({ polledAt: performance.now() + ms, waitedMs: 1_100, lingerMs: 1_000 }),
	};
}

test("a client that sends a message each 100 ms is not quiet when the next one is due", async () => {
	const { exchange, isReadyIn } = peerOfNobody();
	exchange();
	// Never shorter.
	await delay(101);
	exchange();
	assert.equal(isReadyIn(0), false);
	assert.equal(isReadyIn(110), false);
	assert.equal(isReadyIn(1_000), true);
});

test("a client that has sent one message and got its response is quiet after 100 ms", () => {
	const { exchange, isReadyIn } = peerOfNobody();
	exchange();
	assert.equal(isReadyIn(0), false);
	assert.equal(isReadyIn(110), true);
});

test("a message that has come in the turn of the response to another one gets its own before the close frame", async () => {
	const { peer, exchange, receive, respond, isReadyIn } = peerOfNobody();
	let isClosed = false;
	peer.whenReady = () => (isClosed = true);
	exchange();
	// It has waited for as long as the linger.
	assert.equal(isReadyIn(0), false);
	// The second in step: from the next turn on, the close frame may be sent.
	exchange();
	await nextTurn();
	receive();
	for (let turn = 0; turn < 100; turn++) await nextTurn();
	assert.equal(isClosed, false);
	respond();
	while (!isClosed) await nextTurn();
});

test("the close frame follows the end of a message of many frames, however seldom it is looked between two", async () => {
	const { peer, write, isReadyIn } = peerOfNobody();
	let isClosed = false;
	peer.whenReady = () => (isClosed = true);
	const part = (opcode: number, isLast: boolean): Buffer => frame({ opcode, isLast, payload: Buffer.from("x") });
	write(part(1, false));
	// The linger is over, in the middle of a message.
	assert.equal(isReadyIn(1_000), false);
	assert.equal(isReadyIn(1_100), false);
	write(part(0, false));
	await nextTurn();
	await nextTurn();
	assert.equal(isClosed, false);
	write(part(0, true));
	write(part(1, false));
	await nextTurn();
	await nextTurn();
	// The next one has begun in the same turn.
	assert.equal(isClosed, false);
	write(part(0, true));
	await nextTurn();
	await nextTurn();
	assert.equal(isClosed, true);
});

/** Lets each client send messages that are counted. */
function senders(clients: readonly Client[]): {
	readonly sends: readonly (() => void)[];
	readonly sent: readonly number[];
} {
	const sent = clients.map(() => 0);
	const sends = clients.map(({ client }, i) => () => {
		if (client.readyState !== client.OPEN) return;
		client.send(String(i));
		sent[i] = (sent[i] ?? 0) + 1;
	});
	return { sends, sent };
}

async function connectTen({ connect }: OpenServer): Promise<readonly Client[]> {
	return Promise.all(Array.from({ length: 10 }, () => connect()));
}

async function assertAllClosed(clients: readonly Client[]): Promise<void> {
	assert.deepEqual(new Set(await Promise.all(clients.map(({ ended }) => ended))), new Set([CLOSED]));
}

test("clients that send the next message 200 ms after each response lose none", limit, async (t) => {
	const server = await openServer(t, byWs(echo), { lingerMs: 1_000 });
	const clients = await connectTen(server);
	const { sends, sent } = senders(clients);
	for (const [i, send] of sends.entries()) {
		clients[i]?.client.on("message", () => setTimeout(send, 200));
		send();
	}
	const closed = server.service.stop();
	await assertAllClosed(clients);
	assert.deepEqual(
		clients.map(({ messages }) => messages.length),
		sent,
	);
	assert.equal((await closed).ok, true);
});

test(
	"a client that speaks every 20 ms is closed after a response, and loses what crosses the close frame at most",
	limit,
	async (t) => {
		const server = await openServer(t, byWs(echo), { lingerMs: 300 });
		const clients = await connectTen(server);
		const { sends, sent } = senders(clients);
		const timer = setInterval(() => {
			for (const send of sends) send();
		}, 20);
		t.after(() => clearInterval(timer));
		const closed = server.service.stop();
		await assertAllClosed(clients);
		for (const [i, { messages }] of clients.entries()) assert.ok((sent[i] ?? 0) - messages.length <= 1);
		assert.equal((await closed).ok, true);
	},
);
