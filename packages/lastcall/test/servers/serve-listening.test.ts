import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer as createNetServer, type Server } from "node:net";
import type { TestContext } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import { Server as GrpcServer, ServerCredentials } from "@grpc/grpc-js";
import { createService, type HostedService } from "lastcall";
import { Server as SocketIoServer } from "socket.io";
import { WebSocketServer } from "ws";
import { certificate } from "../support/certificate.ts";
import { rule } from "./rule.ts";

const LOOPBACK = { port: 0, host: "127.0.0.1" };

/** A service, and its lines about servers. A port is `_`. */
async function logged(t: TestContext): Promise<{ service: HostedService; lines: () => string[] }> {
	const lines: string[] = [];
	const service = createService({ name: "shop", lingerMs: 0, log: (line) => void lines.push(line) });
	await service.start();
	t.after(() => service.stopNow());
	return {
		service,
		lines: () =>
			lines
				.filter((line) => / listen/.test(line) && !/is shutting down/.test(line))
				.map((line) => line.replace("lastcall: ", "").replace(/:\d+$/, ":_")),
	};
}

async function listening<S extends Server>(server: S, where: object = LOOPBACK): Promise<S> {
	await once(server.listen(where), "listening");
	return server;
}

const KINDS: readonly [scheme: string, kind: string, create: () => Server][] = [
	["http", "node:http", () => createServer()],
	["https", "node:https", () => createHttpsServer(certificate)],
	["http", "node:http2", () => createHttp2Server()],
	["tcp", "node:net", () => createNetServer()],
	["tls", "node:tls", () => createTlsServer(certificate)],
];

for (const [scheme, kind, create] of KINDS) {
	rule(`serve() logs the address of a server that listens already: ${kind}`, async (t) => {
		const { service, lines } = await logged(t);
		const server = await listening(create());
		assert.deepEqual(lines(), []);
		service.serve("web", server);
		assert.deepEqual(lines(), [`web listens on ${scheme}://127.0.0.1:_`]);
	});
}

rule("serve() logs the address of a server when it begins to listen, once", async (t) => {
	const { service, lines } = await logged(t);
	const server = service.serve("web", createServer());
	assert.deepEqual(lines(), []);
	await listening(server);
	assert.deepEqual(lines(), ["web listens on http://127.0.0.1:_"]);
	server.close();
	await once(server, "close");
	await listening(server);
	assert.equal(lines().length, 1);
});

rule("a server on all addresses is logged as localhost, another IPv6 address in brackets", async (t) => {
	const { service, lines } = await logged(t);
	await service.listen("all", createServer(), 0);
	await service.listen("all of IPv4", createServer(), { port: 0, host: "0.0.0.0" });
	service.serve("served", await listening(createServer(), { port: 0 }));
	await service.health().listen(0);
	await service.listen("IPv6", createServer(), { port: 0, host: "::1" });
	assert.deepEqual(lines(), [
		"all listens on http://localhost:_",
		"all of IPv4 listens on http://localhost:_",
		"served listens on http://localhost:_",
		"health listens on http://localhost:_",
		"IPv6 listens on http://[::1]:_",
	]);
});

rule("serve() logs the address of a WebSocketServer with a port of its own", async (t) => {
	const { service, lines } = await logged(t);
	const early = new WebSocketServer(LOOPBACK);
	await once(early, "listening");
	service.serve("early", early);
	await once(service.serve("chat", new WebSocketServer(LOOPBACK)), "listening");
	assert.deepEqual(lines(), ["early listens on ws://127.0.0.1:_", "chat listens on ws://127.0.0.1:_"]);
});

rule(
	"a WebSocketServer and a Server of Socket.IO that are attached to a registered server have no line of their own",
	async (t) => {
		const { service, lines } = await logged(t);
		const server = createServer();
		service.serve("chat", new WebSocketServer({ server }));
		service.serve("io", new SocketIoServer(server));
		await service.listen("web", server, LOOPBACK);
		assert.deepEqual(lines(), ["web listens on http://127.0.0.1:_"]);
		assert.equal((await service.stop()).ok, true);
	},
);

rule("serve() logs the address of each port of a gRPC server", async (t) => {
	const { service, lines } = await logged(t);
	const server = service.serve("rpc", new GrpcServer());
	const bind = (): Promise<unknown> =>
		new Promise((bound) => server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), bound));
	await bind();
	await bind();
	assert.deepEqual(lines(), ["rpc listens on http://127.0.0.1:_", "rpc listens on http://127.0.0.1:_"]);
});

rule("the HTTP server that a Server of Socket.IO has made is logged, and drained with it", async (t) => {
	const { service, lines } = await logged(t);
	const io = new SocketIoServer().listen(0);
	const { httpServer } = io as unknown as { httpServer: Server };
	if (!httpServer.listening) await once(httpServer, "listening");
	service.serve("io", io);
	await new Promise(setImmediate);
	assert.deepEqual(lines(), ["io listens on http://localhost:_"]);
	assert.equal((await service.stop()).ok, true);
	assert.equal(httpServer.listening, false);
});

rule("the HTTP server of a Server of Socket.IO that is registered, too, is drained once", async (t) => {
	const { service } = await logged(t);
	const server = createServer();
	let closes = 0;
	server.on("close", () => closes++);
	service.serve("io", new SocketIoServer(server));
	await service.listen("web", server, LOOPBACK);
	assert.equal((await service.stop()).ok, true);
	assert.equal(closes, 1);
});

const UNUSED = (name: string): string =>
	`warning: "${name}" was served but never listened; make it listen, or call service.listen(), which does`;

rule("a served server that has never listened causes a warning at the stop", async (t) => {
	const { service, lines } = await logged(t);
	service.serve("http", createServer());
	service.serve("tcp", createNetServer());
	service.serve("rpc", new GrpcServer());
	await service.stop();
	assert.deepEqual(lines().sort(), [UNUSED("http"), UNUSED("rpc"), UNUSED("tcp")]);
});

rule("a served server that listened, or had connections of another server, causes no warning", async (t) => {
	const { service, lines } = await logged(t);
	const closed = service.serve("closed", await listening(createServer()));
	closed.close();
	await once(closed, "close");
	const fed = service.serve(
		"fed",
		createServer((_request, response) => void response.end()),
	);
	const asked = service.serve(
		"asked",
		createServer((_request, response) => void response.end()),
	);
	const other = createNetServer((socket) => void fed.emit("connection", socket));
	const { port } = (await listening(other)).address() as AddressInfo;
	assert.equal(await (await fetch(`http://127.0.0.1:${port}`)).text(), "");
	const front = await listening(createServer((...exchange) => void asked.emit("request", ...exchange)));
	assert.equal(await (await fetch(`http://127.0.0.1:${(front.address() as AddressInfo).port}`)).text(), "");
	other.close();
	front.close();
	const before = lines().length;
	await service.stop();
	assert.equal(lines().length, before);
});

rule("a stop before the service runs causes no warning about servers that do not listen yet", async (t) => {
	const lines: string[] = [];
	const service = createService({ log: (line) => void lines.push(line) });
	t.after(() => service.stopNow());
	service.serve("http", createServer());
	await service.stop();
	assert.doesNotMatch(lines.join("\n"), /never listened/);
});

rule("a served server that cannot listen is a failure in one line, and causes no other warning", async (t) => {
	const { service, lines } = await logged(t);
	const taken = await listening(createServer());
	t.after(() => void taken.close());
	const { port } = taken.address() as AddressInfo;
	const server = service.serve("http", createServer());
	server.listen(port, "127.0.0.1");
	const { errors, reason } = await service.closed;
	assert.equal(reason.kind, "server-failed");
	const error = errors[0]?.error as NodeJS.ErrnoException & { port: number };
	assert.deepEqual([errors.length, error.code, error.syscall, error.port], [1, "EADDRINUSE", "listen", port]);
	assert.match(
		lines().join("\n"),
		/^http failed: "http" cannot listen on 127\.0\.0\.1:\d+: it is already in use [^\n]*$/,
	);
});
