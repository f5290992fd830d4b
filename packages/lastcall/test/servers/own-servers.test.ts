// The servers of other runtimes, faked by what lastcall uses of them. `npm run runtimes` drills the real ones.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type BunServer, createService, type DenoServer } from "lastcall";
import { Deferred } from "../support/deferred.ts";

class FakeBunServer implements BunServer {
	pendingRequests = 0;
	pendingWebSockets = 0;
	readonly stops: (boolean | undefined)[] = [];

	async stop(closeActiveConnections?: boolean): Promise<void> {
		this.stops.push(closeActiveConnections);
	}
}

class FakeDenoServer implements DenoServer {
	readonly #finished = new Deferred();
	readonly finished = this.#finished.promise;
	readonly shutDown = new Deferred();

	shutdown(): Promise<void> {
		return this.shutDown.promise;
	}

	answerAll(): void {
		this.shutDown.resolve();
		this.#finished.resolve();
	}

	fail(error: Error): void {
		this.#finished.reject(error);
	}
}

const OPTIONS = { log: false, gracePeriodMs: 120_000 } as const;

test("Bun.serve: the drain closes the listener and waits until nothing is pending", async () => {
	const service = createService(OPTIONS);
	await service.start();
	const server = service.serve("web", new FakeBunServer());
	server.pendingRequests = 2;
	server.pendingWebSockets = 1;
	const closed = service.stop();
	while (server.stops.length === 0) await new Promise(setImmediate);
	assert.deepEqual(
		service.inFlight().map(({ name, what }) => `${name} ${what}`),
		["web 2 requests", "web 1 upgraded connection"],
	);
	server.pendingRequests = 0;
	for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
	assert.equal(service.phase, "draining");
	server.pendingWebSockets = 0;
	assert.equal((await closed).ok, true);
	assert.deepEqual(server.stops, [false]);
});

test("Bun.serve: the hard stop ends what is pending, which is left by name", async () => {
	const service = createService(OPTIONS);
	await service.start();
	const server = service.serve("web", new FakeBunServer());
	server.pendingRequests = 1;
	const { exitCode, left } = await service.stopNow();
	assert.equal(exitCode, 1);
	assert.deepEqual(
		left.map(({ what }) => what),
		["1 request"],
	);
	assert.equal(server.stops.includes(true), true);
	server.pendingRequests = 0;
});

test("Deno.serve: the drain waits for the server's shutdown, and the report can only say that something is left", async () => {
	const service = createService(OPTIONS);
	await service.start();
	const server = service.serve("web", new FakeDenoServer());
	assert.deepEqual(service.inFlight(), []);
	const closed = service.stop();
	while (service.inFlight().length === 0) await new Promise(setImmediate);
	assert.deepEqual(
		service.inFlight().map(({ name, what }) => `${name} ${what}`),
		["web unfinished requests"],
	);
	server.answerAll();
	assert.equal((await closed).ok, true);
	assert.deepEqual(service.inFlight(), []);
});

test("Deno.serve: a server that fails stops the service", async () => {
	const service = createService(OPTIONS);
	await service.start();
	const server = service.serve("web", new FakeDenoServer());
	server.shutDown.resolve();
	const error = new Error("out of sockets");
	server.fail(error);
	const { reason, exitCode } = await service.closed;
	assert.deepEqual(reason, { kind: "server-failed", name: "web", error });
	assert.equal(exitCode, 1);
});
