// Servers and connections are ended by calling the program's objects. One that throws must not keep the others open.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, connect, createServer as createNetServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createService, type HostedService } from "lastcall";
import { WebSocket, WebSocketServer } from "ws";

const limit = { timeout: 30_000 };
const BOOM = new Error("boom");
const boom = (): never => {
	throw BOOM;
};

async function running(t: TestContext): Promise<HostedService> {
	const service = createService({ log: false, gracePeriodMs: 120_000, lingerMs: 0, closeReserveMs: 0 });
	await service.start();
	t.after(() => service.stopNow());
	return service;
}

/** Sends half a request, or another text, and leaves the connection open. Resolves to the server's side of it. */
async function stuckClient(t: TestContext, server: ReturnType<typeof createNetServer>): Promise<Socket> {
	const accepted = once(server, "connection");
	const client = connect((server.address() as AddressInfo).port, "127.0.0.1", () => client.write("GET / HT"));
	t.after(() => client.destroy());
	client.on("error", () => {});
	const [socket] = (await accepted) as [Socket];
	return socket;
}

/** Makes `destroy()` of this socket throw. Returns a function that destroys it. */
function makeThrow(socket: Socket): () => void {
	socket.destroy = boom;
	return () => {
		Reflect.deleteProperty(socket, "destroy");
		socket.destroy();
	};
}

test("an HTTP connection that throws at the hard stop is a failure, and the others are destroyed", limit, async (t) => {
	const service = await running(t);
	const server = await service.listen("web", createServer(), { port: 0, host: "127.0.0.1" });
	const sockets = [await stuckClient(t, server), await stuckClient(t, server), await stuckClient(t, server)];
	const destroy = sockets.slice(0, 2).map(makeThrow);
	const report = await service.stopNow();
	// Node.js's own `closeAllConnections()`, which follows, destroys them once more.
	assert.deepEqual(new Set(report.errors.map(({ name, error }) => `${name} ${error}`)), new Set(["web Error: boom"]));
	assert.ok(report.errors.length >= 2);
	assert.equal(report.exitCode, 1);
	assert.equal(sockets[2]?.destroyed, true);
	for (const end of destroy) end();
});

test("an HTTP/2 session whose socket throws at the hard stop does not crash the process", limit, async (t) => {
	const service = await running(t);
	const server = await service.listen("web", createHttp2Server(), { port: 0, host: "127.0.0.1" });
	const accepted = once(server, "connection");
	const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`).on("error", () => {});
	t.after(() => client.destroy());
	const [socket] = (await accepted) as [Socket];
	await once(client, "remoteSettings");
	const destroy = makeThrow(socket);
	const report = await service.stopNow();
	assert.equal(report.phases.at(-1)?.phase, "closed");
	await nextTurn();
	destroy();
});

test(
	"a server whose close() throws at the hard stop has failed, and its connections are destroyed",
	limit,
	async (t) => {
		const service = await running(t);
		const server = await service.listen("web", createNetServer(), { port: 0, host: "127.0.0.1" });
		const socket = await stuckClient(t, server);
		const { close } = server;
		server.close = boom;
		const report = await service.stopNow();
		assert.deepEqual(report.errors, [{ name: "web", error: BOOM }]);
		assert.equal(socket.destroyed, true);
		close.call(server);
	},
);

test(
	"a WebSocket server whose close() throws has failed, after its connections got their close frames",
	limit,
	async (t) => {
		const service = await running(t);
		const server = createServer();
		const webSockets = new WebSocketServer({ noServer: true });
		service.serve("chat", webSockets);
		server.on("upgrade", (request, socket, head) => webSockets.handleUpgrade(request, socket, head, () => {}));
		await service.listen("web", server, { port: 0, host: "127.0.0.1" });
		const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`);
		t.after(() => client.terminate());
		await once(client, "open");
		const closed = once(client, "close");
		webSockets.close = boom;
		const report = await service.stop();
		const [code] = await closed;
		assert.equal(code, 1001);
		assert.deepEqual(report.errors, [{ name: "chat", error: BOOM }]);
		assert.deepEqual(report.left, []);
	},
);

test("a gRPC server whose forceShutdown() throws is a failure, and does not crash the process", limit, async (t) => {
	const logged: string[] = [];
	const service = createService({
		gracePeriodMs: 120_000,
		log: (line) => {
			if (line.includes("boom")) logged.push(line);
		},
	});
	await service.start();
	t.after(() => service.stopNow());
	service.serve("rpc", { bindAsync: boom, tryShutdown: () => {}, forceShutdown: boom });
	const report = await service.stopNow();
	await nextTurn();
	assert.equal(report.phases.at(-1)?.phase, "closed");
	assert.equal(logged.length, 1);
	assert.match(logged.join(), /rpc failed: Error: boom/);
});
