import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, connect, createServer as createNetServer, type Server, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import type { ServiceEvent } from "#src/core/events.js";
import { systemClock } from "#src/process/system-clock.js";
import { RootService } from "#src/service/root-service.js";
import { certificate } from "../support/certificate.ts";
import { keepLoopAlive, limit, NEVER_MS } from "../support/time-limit.ts";
import { until } from "../support/until.ts";

const LOOPBACK = { port: 0, host: "127.0.0.1" };

/** A service that runs, and a function that stops it and returns what it waits for. */
async function running(t: TestContext) {
	const events: ServiceEvent[] = [];
	const times = { gracePeriodMs: NEVER_MS, lingerMs: 80 };
	const service = new RootService(times, systemClock, (event) => events.push(event));
	await service.start();
	t.after(() => service.stopNow());
	keepLoopAlive(t);
	const stop = () => {
		void service.stop();
		const [event] = events.filter(({ type }) => type === "draining");
		assert.ok(event?.type === "draining");
		return { idle: event.idleConnections, inFlight: event.inFlight.length, lingerMs: event.lingerMs };
	};
	return { service, stop };
}

async function dial(t: TestContext, server: Server): Promise<Socket> {
	const accepted = once(server, "connection");
	const socket = connect((server.address() as AddressInfo).port, "127.0.0.1").on("error", () => {});
	t.after(() => socket.destroy());
	await accepted;
	return socket;
}

test("an HTTP/1.1 connection is idle while no request is in flight on it", limit, async (t) => {
	const { service, stop } = await running(t);
	const server = createServer((request, response) => {
		if (request.url === "/fast") response.end("whole");
	});
	await service.listen("http", server, LOOPBACK);
	await dial(t, server);
	const kept = await dial(t, server);
	kept.write("GET /fast HTTP/1.1\r\nHost: a\r\n\r\n");
	await once(kept, "data");
	const busy = await dial(t, server);
	const requested = once(server, "request");
	busy.write("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
	const [, response] = await requested;
	// The response of the kept-alive connection has closed.
	await until(t, () => service.inFlight().length === 1);
	assert.deepEqual(stop(), { idle: 2, inFlight: 1, lingerMs: 80 });
	response.end("whole");
	assert.equal((await service.closed).ok, true);
});

test("an HTTP/2 connection is idle while no stream is in flight on it", limit, async (t) => {
	const { service, stop } = await running(t);
	const server = createHttp2Server((_request, response) => void response.stream);
	await service.listen("http2", server, LOOPBACK);
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const clients = [connectHttp2(url), connectHttp2(url)];
	for (const client of clients) t.after(() => client.destroy());
	await Promise.all(clients.map((client) => once(client, "remoteSettings")));
	const requested = once(server, "request");
	clients[0]?.request({ ":path": "/slow" }).on("error", () => {});
	const [, response] = await requested;
	assert.deepEqual(stop(), { idle: 1, inFlight: 1, lingerMs: 80 });
	response.end("whole");
	assert.equal((await service.closed).ok, true);
});

test("a connection of a protocol with units of work is idle between two of them", limit, async (t) => {
	const { service, stop } = await running(t);
	const server = createNetServer((socket) => socket.on("error", () => {}));
	const sockets: Socket[] = [];
	server.on("connection", (socket) => sockets.push(socket));
	await service.listen("smtp", server, LOOPBACK, { inFlight: "work" });
	await dial(t, server);
	await dial(t, server);
	const done = service.enter(sockets[0] as Socket, "mail");
	assert.deepEqual(stop(), { idle: 1, inFlight: 1, lingerMs: 80 });
	done();
	assert.equal((await service.closed).ok, true);
});

test(
	"a connection that is in flight until it ends is never idle, and a TLS handshake under way is",
	limit,
	async (t) => {
		const { service, stop } = await running(t);
		const plain = createNetServer((socket) => void socket.on("error", () => {}).resume());
		await service.listen("chat", plain, LOOPBACK);
		const secure = createTlsServer(certificate);
		await service.listen("tls", secure, LOOPBACK);
		const chat = await dial(t, plain);
		const handshake = await dial(t, secure);
		assert.deepEqual(stop(), { idle: 1, inFlight: 1, lingerMs: 80 });
		chat.destroy();
		handshake.destroy();
		assert.equal((await service.closed).ok, true);
	},
);
