import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttp2Server } from "node:http2";
import { createServer as createNetServer, type Server } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Server as GrpcServer, ServerCredentials } from "@grpc/grpc-js";
import { Server as SocketIoServer } from "socket.io";
import { WebSocketServer } from "ws";
import { listeningServers } from "#src/servers/listening-servers.js";
import { certificate } from "../support/certificate.ts";
import { http, https } from "../support/http-kinds.ts";
import { runningInternally } from "../support/quiet-service.ts";
import { running } from "../support/running-service.ts";
import { rule } from "./rule.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const SERVERS = 100;
/** The last one or two may be checked only when the next is served. */
const MOST_KEPT = 5;

const kinds: Readonly<Record<string, () => Server>> = {
	"node:http": () => http.createServer({}, () => {}),
	"node:https": () => https.createServer({}, () => {}),
	"node:http2": () => createHttp2Server(),
	"node:net": () => createNetServer(),
	"node:tls": () => createTlsServer(certificate),
};

for (const [name, create] of Object.entries(kinds)) {
	rule(`the service does not keep servers that the program has closed and released: ${name}`, async (t) => {
		const { service } = await running(t);
		await assertNoneIsKept(() => serveAndClose(service, create()));
	});
}

for (const [name, create] of Object.entries(kinds)) {
	rule(`a server that was served quietly is not kept once it is closed and released: ${name}`, async (t) => {
		const service = await runningInternally(t);
		await assertNoneIsKept(() =>
			serveAndClose({ serve: (name, server) => service.serveQuietly(name, server, undefined) }, create()),
		);
	});

	rule(`nor is one that another service has taken over: ${name}`, async (t) => {
		const service = await runningInternally(t);
		const { service: other } = await running(t);
		const serve = (name: string, server: Server): void => {
			service.serveQuietly(name, server, undefined);
			other.serve(name, server);
		};
		await assertNoneIsKept(() => serveAndClose({ serve }, create()));
	});
}

const libraries: Readonly<Record<string, () => Promise<object>>> = {
	"WebSocketServer, attached": async () => new WebSocketServer({ server: http.createServer({}, () => {}) }),
	"WebSocketServer, noServer": async () => new WebSocketServer({ noServer: true }),
	"WebSocketServer with its own port": async () => {
		const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
		await once(server, "listening");
		return server;
	},
	"Socket.IO": async () => new SocketIoServer(http.createServer({}, () => {})),
	"@grpc/grpc-js": async () => {
		const server = new GrpcServer();
		const insecure = ServerCredentials.createInsecure();
		await new Promise((resolve) => server.bindAsync("127.0.0.1:0", insecure, resolve));
		return server;
	},
};

for (const [name, create] of Object.entries(libraries)) {
	rule(
		`the service does not keep servers of libraries that the program has closed and released: ${name}`,
		async (t) => {
			const { service } = await running(t);
			await assertNoneIsKept(async () => {
				const server = await create();
				service.serve("short-lived", server as WebSocketServer);
				const { forceShutdown, close } = server as { forceShutdown?: () => void; close?: () => void };
				(forceShutdown ?? close)?.call(server);
				return new WeakRef(server);
			});
		},
	);
}

rule("servers that are not registered are seen while they listen, and not kept after that", async () => {
	await assertNoneIsKept(async () => {
		const server = createNetServer().listen(0, "127.0.0.1");
		await once(server, "listening");
		assert.ok(listeningServers().includes(server));
		await new Promise((resolve) => server.close(resolve));
		assert.ok(!listeningServers().includes(server));
		return new WeakRef(server);
	});
});

rule("a server that listens again after it was closed is drained", async (t) => {
	const { service } = await running(t);
	const server = http.createServer({}, (_, response) => response.end());
	await serveAndClose(service, server);
	for (let i = 0; i < 5; i++) await serveAndClose(service, createNetServer());
	await once(server.listen(0, "127.0.0.1"), "listening");
	const report = await service.stop();
	assert.equal(server.listening, false);
	assert.equal(report.ok, true);
});

async function assertNoneIsKept(serveOne: () => Promise<WeakRef<object>>): Promise<void> {
	const gone: WeakRef<object>[] = [];
	for (let i = 0; i < SERVERS; i++) gone.push(await serveOne());
	let kept = SERVERS;
	for (let tries = 0; tries < 10 && kept > MOST_KEPT; tries++) {
		// What was seen through a weak reference lives on until the next turn.
		await new Promise(setImmediate);
		collect();
		kept = gone.filter((server) => server.deref() !== undefined).length;
	}
	assert.ok(kept <= MOST_KEPT, `${kept} of ${SERVERS} are kept`);
}

async function serveAndClose(
	service: { serve(name: string, server: Server): unknown },
	server: Server,
): Promise<WeakRef<Server>> {
	service.serve("short-lived", server);
	await once(server.listen(0, "127.0.0.1"), "listening");
	await new Promise((resolve) => server.close(resolve));
	return new WeakRef(server);
}
