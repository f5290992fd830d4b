// A program that closes its server after the drain has: to it, that is the first time.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttp2Server, createSecureServer } from "node:http2";
import { createServer as createNetServer, type Server } from "node:net";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createServer as createTlsServer } from "node:tls";
import { server as createHapi } from "@hapi/hapi";
import { Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import fastify from "fastify";
import type { HttpServer } from "lastcall";
import { certificate } from "../support/certificate.ts";
import { runningInternally } from "../support/quiet-service.ts";
import { running } from "../support/running-service.ts";
import { limit } from "../support/time-limit.ts";

const kinds: Readonly<Record<string, () => Server>> = {
	"node:http2": () => createHttp2Server(),
	"node:http2 over TLS": () => createSecureServer({ ...certificate, allowHTTP1: true }),
	"node:net": () => createNetServer(),
	"node:tls": () => createTlsServer(certificate),
};

for (const [name, create] of Object.entries(kinds)) {
	for (const isQuiet of [false, true]) {
		test(
			`${name}${isQuiet ? ", served quietly" : ""}: close() after the drain calls back without an error`,
			limit,
			async (t) => {
				const service = await runningInternally(t);
				const server = create();
				let closes = 0;
				server.on("close", () => closes++);
				await once(server.listen(0, "127.0.0.1"), "listening");
				if (isQuiet) service.serveQuietly("quiet", server, undefined);
				else service.serve("own", server);
				assert.equal((await service.stop()).ok, true);
				assert.equal(await new Promise((resolve) => server.close(resolve)), undefined);
				await server[Symbol.asyncDispose]();
				server.close();
				await nextTurn();
				assert.equal(closes, 1);
				await once(server.listen(0, "127.0.0.1"), "listening");
				assert.equal(await new Promise((resolve) => server.close(resolve)), undefined);
				assert.equal(closes, 2);
				assert.equal(Object.hasOwn(server, "close"), false);
			},
		);
	}

	test(`${name}: a server that listens again and is served again is guarded again`, limit, async (t) => {
		const server = create();
		for (let times = 0; times < 2; times++) {
			const { service } = await running(t, { lameDuckMs: 50 });
			await once(server.listen(0, "127.0.0.1"), "listening");
			service.serve("own", server);
			const closed = service.stop();
			const called = new Promise((resolve) => server.close(resolve));
			const disposed = server[Symbol.asyncDispose]();
			assert.equal(server.listening, true);
			assert.equal(await called, undefined);
			await disposed;
			assert.equal((await closed).ok, true);
		}
	});
}

test("close() waits for the connections of a server after the drain of its listener alone", limit, async (t) => {
	const service = await runningInternally(t, { lingerMs: 20 });
	const server = createNetServer((socket) => void socket.on("error", () => {}));
	await once(server.listen(0, "127.0.0.1"), "listening");
	service.serveQuietly("outer", server, { inFlight: "nothing" });
	const { connect } = await import("node:net");
	const client = connect((server.address() as { port: number }).port, "127.0.0.1");
	t.after(() => client.destroy());
	await Promise.all([once(client, "connect"), once(server, "connection")]);
	await service.stop();
	let isCalled = false;
	const called = new Promise((resolve) => server.close(resolve)).then((error) => {
		isCalled = true;
		return error;
	});
	await nextTurn();
	assert.equal(isCalled, false);
	client.destroy();
	assert.equal(await called, undefined);
	assert.equal(await new Promise((resolve) => server.close(resolve)), undefined);
});

class Empty {}
Module({})(Empty);

interface App {
	readonly server: HttpServer;
	readonly close: () => Promise<unknown>;
}

const frameworks: Readonly<Record<string, () => Promise<App>>> = {
	Fastify: async () => {
		const app = fastify();
		await app.listen({ port: 0, host: "127.0.0.1" });
		return { server: app.server, close: () => app.close() };
	},
	hapi: async () => {
		const app = createHapi({ port: 0, host: "127.0.0.1" });
		await app.start();
		return { server: app.listener, close: () => app.stop() };
	},
	NestJS: async () => {
		const app = await NestFactory.create(Empty, { logger: false });
		await app.listen(0, "127.0.0.1");
		return { server: app.getHttpServer() as HttpServer, close: () => app.close() };
	},
};

for (const [name, start] of Object.entries(frameworks)) {
	test(`${name}: its close() in a closer, after the drain has closed its server`, limit, async (t) => {
		const { service } = await running(t);
		const { server, close } = await start();
		service.serve("web", server);
		service.defer("app", close);
		const { ok, errors } = await service.stop();
		assert.deepEqual([ok, errors, server.listening], [true, [], false]);
	});
}
