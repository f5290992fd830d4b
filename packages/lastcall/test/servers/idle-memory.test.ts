import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import type { AddressInfo, Server, Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type WebSocket, WebSocketServer } from "ws";
import { running } from "../support/running-service.ts";
import { until } from "../support/until.ts";
import { connectTo } from "./open-web-sockets.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

async function served(t: TestContext, server: Server, webSockets?: WebSocketServer) {
	const { service } = await running(t);
	if (webSockets !== undefined) service.serve("chat", webSockets);
	await service.listen("web", server, { port: 0, host: "127.0.0.1" });
	return { service, port: (server.address() as AddressInfo).port };
}

/** Waits until nothing holds what these were made for. */
function collected(t: TestContext, references: readonly WeakRef<object>[]): Promise<void> {
	return until(t, () => {
		collect();
		return references.length > 0 && references.every((reference) => reference.deref() === undefined);
	});
}

void test("an idle HTTP/2 session of a running service keeps none of its streams in memory", async (t) => {
	const streams: WeakRef<object>[] = [];
	const server = createHttp2Server((request, response) => {
		streams.push(new WeakRef(request.stream), new WeakRef(request), new WeakRef(response));
		response.end("ok");
	});
	const { port } = await served(t, server);
	const session = connectHttp2(`http://127.0.0.1:${port}`);
	t.after(() => session.destroy());
	const stream = session.request({ ":path": "/" });
	stream.resume();
	await once(stream, "close");
	await collected(t, streams);
});

for (const [what, ownDestroy] of [
	["a socket", false],
	["a socket that has a `_destroy` of its own", true],
] as const) {
	void test(`an HTTP/2 session on ${what} is not kept in memory after its end`, async (t) => {
		const sessions: WeakRef<object>[] = [];
		const server = createHttp2Server((_request, response) => void response.end("ok"));
		server.on("session", (session) => sessions.push(new WeakRef(session)));
		if (ownDestroy) {
			server.prependListener("connection", (socket: Socket) => {
				const { _destroy: destroy } = socket;
				socket._destroy = (...how: Parameters<Socket["_destroy"]>): void => destroy.apply(socket, how);
			});
		}
		const { port } = await served(t, server);
		const session = connectHttp2(`http://127.0.0.1:${port}`);
		const stream = session.request({ ":path": "/" });
		stream.resume();
		await once(stream, "close");
		session.destroy();
		await collected(t, sessions);
	});
}

for (const [how, register] of [
	["that is registered", true],
	["that is not registered", false],
] as const) {
	void test(`a WebSocket ${how} does not keep the request of its handshake in memory, and has its name and age`, async (t) => {
		const server = createServer();
		const webSockets = new WebSocketServer({ server });
		const requests: WeakRef<object>[] = [];
		webSockets.on("connection", (_webSocket, request) => requests.push(new WeakRef(request)));
		const { service, port } = await served(t, server, register ? webSockets : undefined);
		const before = performance.now();
		await connectTo(t, `ws://127.0.0.1:${port}/room`);
		await collected(t, requests);
		const inFlight = service.inFlight();
		assert.deepEqual(
			inFlight.map(({ what }) => what),
			["WebSocket /room"],
		);
		const [{ ageMs = 0 } = {}] = inFlight;
		const longestMs = performance.now() - before;
		assert.ok(ageMs > 0 && ageMs < longestMs + 50, `${ageMs} of ${longestMs} ms`);
	});
}

void test("work that begins on a registered WebSocket before the drain holds its close frame", async (t) => {
	const server = createServer();
	const webSockets = new WebSocketServer({ server });
	const { service, port } = await served(t, server, webSockets);
	const accepted = once(webSockets, "connection") as Promise<[WebSocket]>;
	const { ended } = await connectTo(t, `ws://127.0.0.1:${port}/room`);
	const [webSocket] = await accepted;
	const leave = service.enter(webSocket, "message 1");
	const names = (): string[] => service.inFlight().map(({ what }) => what);
	assert.deepEqual(names(), ["WebSocket /room: message 1"]);
	leave();
	assert.deepEqual(names(), ["WebSocket /room"]);
	void service.stop();
	assert.match(await ended, /^1001 /);
});
