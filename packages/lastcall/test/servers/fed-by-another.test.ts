// A port that protocols share, or a proxy's header before the first byte: one server accepts the connections and hands them
// to another, including those that were in its accept queue at the stop.
import assert from "node:assert/strict";
import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createService, type HostedService } from "lastcall";
import { until } from "../support/until.ts";

const limit = { timeout: 30_000 };

interface Fed {
	readonly service: HostedService;
	readonly outer: Server;
	readonly inner: HttpServer;
	readonly port: number;
}

/** The outer server hands each connection to the inner one when its first bytes have come. */
async function fed(t: TestContext, outerFirst: boolean): Promise<Fed> {
	const inner = createHttpServer((_request, response) => void response.end("ok"));
	const outer = createServer((socket) => {
		socket.on("error", () => {}).once("readable", () => inner.emit("connection", socket));
	});
	const service = createService({ log: false, gracePeriodMs: 120_000, lingerMs: 30, closeReserveMs: 0 });
	await service.start(async () => {
		if (!outerFirst) service.serve("inner", inner);
		await service.listen("outer", outer, { port: 0, host: "127.0.0.1" });
		if (outerFirst) service.serve("inner", inner);
	});
	t.after(() => service.stopNow());
	return { service, outer, inner, port: (outer.address() as AddressInfo).port };
}

/** A client that keeps what it has read. */
async function client(t: TestContext, port: number): Promise<{ readonly socket: Socket; readonly text: () => string }> {
	let text = "";
	const socket = connect({ port, host: "127.0.0.1" });
	t.after(() => socket.destroy());
	socket.setEncoding("latin1").on("data", (part) => {
		text += part;
	});
	socket.on("error", () => {});
	await new Promise((resolve) => socket.once("connect", resolve));
	return { socket, text: () => text };
}

for (const outerFirst of [true, false]) {
	const order = outerFirst ? "registered before it" : "registered after it";
	test(
		`a connection that an outer server, ${order}, held at the stop is answered by the inner server with Connection: close`,
		limit,
		async (t) => {
			const { service, outer, port } = await fed(t, outerFirst);
			const closed = service.stop();
			// The inner server has no listener and nothing in flight: its drain is over before this connection is accepted.
			const { socket, text } = await client(t, port);
			socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
			await until(t, () => text().endsWith("ok"));
			assert.equal(outer.listening, false);
			assert.match(text(), /^connection: close$/im);
			const { ok, hardStop } = await closed;
			assert.deepEqual([ok, hardStop], [true, undefined]);
		},
	);

	test(
		`half a request on a connection from an outer server, ${order}, is not waited for until the deadline`,
		limit,
		async (t) => {
			const { service, port } = await fed(t, outerFirst);
			const closed = service.stop();
			const { socket, text } = await client(t, port);
			socket.write("GET / HTT");
			await new Promise((resolve) => socket.once("close", resolve));
			assert.match(text(), /^HTTP\/1.1 408 /);
			const { ok, hardStop } = await closed;
			assert.deepEqual([ok, hardStop], [true, undefined]);
		},
	);
}

test("an inner and an outer server have their own methods back when both drains are over", limit, async (t) => {
	const { service, outer, inner } = await fed(t, true);
	assert.ok(Object.hasOwn(inner, "emit"));
	const pristine = createServer().emit;
	await service.stop();
	await nextTurn();
	assert.equal(inner.emit, pristine);
	assert.equal(outer.emit, pristine);
});
