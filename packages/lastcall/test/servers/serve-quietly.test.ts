// Servers that are served without the knowledge of the program: it keeps its errors, and may serve the server by a service of its own.
import assert from "node:assert/strict";
import { once } from "node:events";
import { type Server as HttpServer, get as request } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, createServer as createNetServer, type Server } from "node:net";
import { type TestContext, test } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import { Server as GrpcServer, ServerCredentials } from "@grpc/grpc-js";
import { createService, type HostedService } from "lastcall";
import { Server as SocketIoServer } from "socket.io";
import { WebSocketServer } from "ws";
import type { RootService } from "#src/service/root-service.js";
import { certificate } from "../support/certificate.ts";
import { http, https } from "../support/http-kinds.ts";
import { runningInternally } from "../support/quiet-service.ts";
import { running } from "../support/running-service.ts";
import { limit } from "../support/time-limit.ts";
import { until } from "../support/until.ts";

const kinds: Readonly<Record<string, () => Server>> = {
	"node:http": () => http.createServer({}, () => {}),
	"node:https": () => https.createServer({}, () => {}),
	"node:http2": () => createHttp2Server(),
	"node:net": () => createNetServer(),
	"node:tls": () => createTlsServer(certificate),
};

async function listening<S extends Server>(t: TestContext, server: S): Promise<S> {
	await once(server.listen(0, "127.0.0.1"), "listening");
	t.after(() => server.close());
	return server;
}

for (const [name, create] of Object.entries(kinds)) {
	test(`a server that is served quietly has no error listener of lastcall: ${name}`, limit, async (t) => {
		const service = await runningInternally(t);
		const taken = await listening(t, createNetServer());
		const server = create();
		assert.ok(service.serveQuietly("quiet", server, undefined));
		assert.equal(server.listenerCount("error"), 0);
		const { port } = taken.address() as AddressInfo;
		const code = await new Promise((resolve) => {
			server.once("error", ({ code }: NodeJS.ErrnoException) => resolve(code));
			server.listen(port, "127.0.0.1");
		});
		assert.equal(code, "EADDRINUSE");
		assert.equal(service.reason, undefined);
	});

	test(`a server that is served quietly is drained: ${name}`, limit, async (t) => {
		const service = await runningInternally(t);
		const server = await listening(t, create());
		assert.ok(service.serveQuietly("quiet", server, undefined));
		const { ok } = await service.stop();
		assert.deepEqual([ok, server.listening], [true, false]);
	});

	test(`a server that is served quietly is given up when another service serves it: ${name}`, limit, async (t) => {
		for (const other of [await runningInternally(t), (await running(t)).service]) {
			const service = await runningInternally(t);
			const server = await listening(t, create());
			assert.ok(service.serveQuietly("quiet", server, undefined));
			other.serve("own", server);
			assert.equal(service.state.servers.size, 0);
			await service.stop();
			assert.equal(server.listening, true);
			await other.stop();
			assert.equal(server.listening, false);
			assert.equal(Object.hasOwn(server, "emit"), false);
		}
	});

	test(`a server that is served already is not served quietly too: ${name}`, limit, async (t) => {
		const service = await runningInternally(t);
		const server = await listening(t, create());
		const { service: other } = await running(t);
		other.serve("own", server);
		assert.equal(service.serveQuietly("quiet", server, undefined), undefined);
		assert.equal(service.state.servers.size, 0);
		assert.equal((await runningInternally(t)).serveQuietly("quiet", server, undefined), undefined);
	});

	test(`a server that is given up by hand is as it was: ${name}`, limit, async (t) => {
		const service = await runningInternally(t);
		const server = create();
		const giveUp = service.serveQuietly("quiet", server, undefined);
		assert.ok(Object.hasOwn(server, "emit"));
		giveUp?.();
		giveUp?.();
		assert.equal(Object.hasOwn(server, "emit"), false);
		assert.equal(service.state.servers.size, 0);
		assert.ok(service.serveQuietly("again", server, undefined));
	});
}

test(
	"a listen() of another service takes the server over from one that began to serve at its system call",
	limit,
	async (t) => {
		const service = await runningInternally(t);
		const { service: other } = await running(t);
		const server = http.createServer({}, (_, response) => response.end("ok"));
		server.prependListener("listening", () => assert.ok(service.serveQuietly("quiet", server, undefined)));
		await other.listen("own", server, { port: 0, host: "127.0.0.1" });
		assert.equal(service.state.servers.size, 0);
		await other.stop();
		assert.equal(server.listening, false);
	},
);

/** A server with a request in flight, whose response waits for `respond`. */
async function holding(t: TestContext, service: RootService) {
	const held: (() => void)[] = [];
	const server = await listening(
		t,
		http.createServer({}, (_, response) => void held.push(() => response.end("whole"))),
	);
	assert.ok(service.serveQuietly("quiet", server, undefined));
	const ask = async (): Promise<() => Promise<string>> => {
		const before = held.length;
		const outcome = new Promise<string>((resolve) => {
			request({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", agent: false }, (response) => {
				let text = "";
				response.on("data", (part) => (text += part)).on("end", () => resolve(text));
			}).on("error", ({ message }) => resolve(message));
		});
		await until(t, () => held.length > before);
		return () => {
			held[before]?.();
			return outcome;
		};
	};
	return { server, ask };
}

test(
	"a request in flight when the server changes its service is answered, and the next one is counted once",
	limit,
	async (t) => {
		const service = await runningInternally(t);
		const { service: other } = await running(t);
		const { server, ask } = await holding(t, service);
		const first = await ask();
		assert.equal(service.inFlight().length, 1);
		other.serve("own", server as HttpServer);
		const second = await ask();
		assert.deepEqual([service.inFlight().length, other.inFlight().length], [0, 1]);
		const closed = other.stop();
		await until(t, () => !server.listening);
		assert.deepEqual(await Promise.all([first(), second()]), ["whole", "whole"]);
		assert.equal((await closed).ok, true);
	},
);

test("a server is not given up once the stop reason has come", limit, async (t) => {
	const service = await runningInternally(t);
	const { server, ask } = await holding(t, service);
	const finish = await ask();
	const closed = service.stop();
	const { service: other } = await running(t);
	other.serve("own", server as HttpServer);
	assert.equal(service.state.servers.size, 1);
	await until(t, () => !server.listening);
	assert.equal(service.inFlight().length, 1);
	assert.equal(await finish(), "whole");
	const { ok, hardStop } = await closed;
	assert.deepEqual([ok, hardStop], [true, undefined]);
	assert.equal((await other.stop()).ok, true);
});

const libraries: Readonly<Record<string, (service: HostedService, see: (server: Server) => void) => Promise<void>>> = {
	"ws with its own port": async (service, see) => {
		const webSockets = new WebSocketServer({ port: 0, host: "127.0.0.1" });
		await once(webSockets, "listening");
		see((webSockets as unknown as { _server: Server })._server);
		service.serve("own", webSockets);
	},
	"Socket.IO": async (service, see) => {
		const server = http.createServer({}, () => {});
		await once(server.listen(0, "127.0.0.1"), "listening");
		see(server);
		service.serve("own", new SocketIoServer(server));
	},
	"@grpc/grpc-js": async (service, see) => {
		const server = new GrpcServer();
		await new Promise((resolve) => server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), resolve));
		const { http2Servers } = server as unknown as { http2Servers: Map<Server, unknown> };
		for (const below of http2Servers.keys()) see(below);
		service.serve("own", server);
	},
};

for (const [name, serve] of Object.entries(libraries)) {
	test(`a server is given up when another service serves the library above it: ${name}`, limit, async (t) => {
		const service = await runningInternally(t);
		const other = createService({ log: false, lingerMs: 20 });
		await other.start();
		let seen: Server | undefined;
		await serve(other, (server) => {
			seen = server;
			assert.ok(service.serveQuietly("quiet", server, undefined));
		});
		assert.equal(service.state.servers.size, 0);
		await service.stop();
		assert.equal(seen?.listening, true);
		assert.equal((await other.stop()).ok, true);
		assert.equal(seen?.listening, false);
	});
}
