import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { StoppedError } from "lastcall";
import { Deferred } from "../support/deferred.ts";
import { settled } from "../support/fake-clock.ts";
import { runningService, WatchedService } from "../support/watched-service.ts";

const ANYWHERE = { port: 0, host: "127.0.0.1" };

/** A server that opens when the test lets it, like one whose host name must be looked up first. */
class SlowServer extends Server {
	readonly lookedUp = new Deferred();

	override listen(...where: unknown[]): this {
		void this.lookedUp.promise.then(() => super.listen(...(where as [])));
		return this;
	}
}

test("listen() resolves to the server when that listens, and an event has its address", async (context) => {
	const { service, clock, emitted } = await runningService();
	const server = createServer();
	context.after(() => server.close());
	assert.equal(await service.listen("http", server, ANYWHERE), server);
	const { port } = server.address() as AddressInfo;
	assert.deepEqual(emitted("listening"), [{ type: "listening", name: "http", address: `http://127.0.0.1:${port}` }]);
	await clock.advance(0);
});

test("listen() rejects with the server's own error and the name; the service goes on", async (context) => {
	const { service, state } = await runningService();
	const other = createServer();
	context.after(() => other.close());
	await new Promise<void>((resolve) => other.listen(ANYWHERE, resolve));
	const { port } = other.address() as AddressInfo;
	await assert.rejects(service.listen("http", createServer(), { ...ANYWHERE, port }), {
		code: "EADDRINUSE",
		port,
		message:
			`"http" cannot listen on 127.0.0.1:${port}: it is already in use (EADDRINUSE); ` +
			`end the process that uses it ("lsof -i :${port}" shows it), or choose another port`,
	});
	assert.equal(service.phase, "running");
	assert.equal(
		[...state.servers].some(({ name }) => name === "http"),
		false,
	);
});

test("listen() on an invalid port rejects with the name", async () => {
	const { service } = await runningService();
	await assert.rejects(service.listen("http", createServer(), -1), {
		code: "ERR_SOCKET_BAD_PORT",
		message: /^"http": .*port.*-1/,
	});
});

test("a server that is being opened at the stop does not stay open, whatever phase it is by then", async (context) => {
	for (const phase of ["draining", "closing", "closed"] as const) {
		const { service, clock } = await runningService();
		service.task("outbox", () => clock.wait(100));
		service.defer("db", () => clock.wait(100));
		const server = new SlowServer();
		context.after(() => server.close());
		const listening = service.listen("http", server, ANYWHERE).then(
			() => undefined,
			(error: unknown) => error,
		);
		void service.stop();
		await clock.advance({ draining: 50, closing: 150, closed: 250 }[phase]);
		assert.equal(service.phase, phase);
		server.lookedUp.resolve();
		assert.ok((await listening) instanceof StoppedError);
		assert.equal(server.listening, false, `left open in ${phase}`);
		await clock.advance(1_000);
	}
});

test("a server that is being opened when the lame duck begins serves, and is drained", async (context) => {
	const { service, clock } = await runningService({ lameDuckMs: 100, lingerMs: 0 });
	const server = new SlowServer();
	context.after(() => server.close());
	const listening = service.listen("http", server, ANYWHERE);
	void service.stop();
	await clock.advance(50);
	server.lookedUp.resolve();
	assert.equal(await listening, server);
	assert.equal(server.listening, true);
	const closed = once(server, "close");
	await clock.advance(50);
	assert.equal(service.phase, "draining");
	await closed;
	await settled();
	assert.equal((await service.closed).ok, true);
});

test("a main that rejects since its server was not opened after the stop has not failed", async (context) => {
	const { service, clock } = new WatchedService();
	const server = new SlowServer();
	context.after(() => server.close());
	const started = service.start((service) => service.listen("http", server, ANYWHERE));
	const rejected = assert.rejects(started, StoppedError);
	void service.stop();
	server.lookedUp.resolve();
	await rejected;
	await clock.advance(0);
	const report = await service.closed;
	assert.deepEqual(report.errors, []);
	assert.equal(report.exitCode, 0);
});

test("listen() opens no server from the stop reason on, serve() takes none from draining on", async () => {
	const { service, clock } = await runningService({ lameDuckMs: 100 });
	const server = createServer();
	void service.stop("enough");
	await assert.rejects(service.listen("http", server, ANYWHERE), {
		name: "StoppedError",
		message: '"http" does not listen: enough',
	});
	assert.equal(server.listening, false);
	await clock.advance(100);
	assert.throws(() => service.serve("http", server), {
		name: "StoppedError",
		message: '"http" is not served: enough',
	});
});

test("a server that fails while it runs stops the service with its error", async () => {
	const { service, clock } = await runningService();
	const server = createServer();
	service.serve("http", server);
	const error = new Error("boom");
	server.emit("error", error);
	assert.equal(service.phase, "draining");
	await settled();
	await clock.advance(10_000);
	const report = await service.closed;
	assert.deepEqual(report.reason, { kind: "server-failed", name: "http", error });
	assert.deepEqual(report.errors, [{ name: "http", error }]);
});

test("listen() and serve() with a value that is not a server throw at once, with its name", async () => {
	const { service } = await runningService();
	const kinds =
		"node:http or node:https, node:http2, @grpc/grpc-js, ws, socket.io, Bun.serve, Deno.serve, node:net or node:tls";
	const wanted = `"http": wanted a server of ${kinds}, got Object`;
	await assert.rejects(service.listen("http", {} as Server, 0), { name: "TypeError", message: wanted });
	assert.throws(() => service.serve("http", {} as Server), { name: "TypeError", message: wanted });
});
