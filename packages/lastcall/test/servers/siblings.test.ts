import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Siblings } from "#src/core/siblings.js";
import { AcceptQueue } from "#src/servers/listening/accept-queue.js";
import { Arrivals } from "#src/servers/listening/arrivals.js";
import { RootService } from "#src/service/root-service.js";
import { ask } from "../support/ask.ts";
import { Deferred } from "../support/deferred.ts";
import { FakeClock } from "../support/fake-clock.ts";

/** The siblings of a worker, controlled by the test. */
class FakeSiblings implements Siblings {
	readonly sent: string[] = [];
	readonly closed = new Deferred();
	handOn = async (): Promise<void> => {};

	emptying(): void {
		this.sent.push("emptying");
	}

	handedOn(): Promise<void> {
		this.sent.push("empty");
		return this.handOn();
	}

	allClosed(): Promise<void> {
		this.sent.push("listeners closed");
		return this.closed.promise;
	}
}

async function listening(server: Server): Promise<number> {
	await once(server.listen(0, "127.0.0.1"), "listening");
	return (server.address() as AddressInfo).port;
}

test("a cluster worker closes its listener only when its primary has no connections left to hand on", async (t) => {
	const siblings = new FakeSiblings();
	const server = createServer();
	t.after(() => server.close());
	const port = await listening(server);
	const arrivals = new Arrivals();
	server.on("connection", (socket) => arrivals.add(socket));
	// At the first `empty` one more connection is on its way.
	siblings.handOn = async () => {
		assert.ok(server.listening);
		if (siblings.sent.length > 1) return;
		const connection = once(server, "connection");
		connect(port, "127.0.0.1").on("error", () => {});
		const [socket] = await connection;
		socket.destroy();
	};
	await new AcceptQueue(server, { arrivals, holdAll() {} }).close(60_000, siblings);
	assert.deepEqual(siblings.sent, ["empty", "empty"]);
	assert.equal(server.listening, false);
});

test("a cluster worker holds new connections until the listeners of all workers are closed, so that no client reconnects to a worker that closes", async (t) => {
	const siblings = new FakeSiblings();
	const server = createServer((request, response) => {
		executed.push(String(request.url));
		response.end("whole");
	});
	const executed: string[] = [];
	t.after(() => server.close());
	const clock = new FakeClock();
	const service = new RootService({ lingerMs: 0 }, clock, () => {});
	service.state.siblings = siblings;
	await service.start((service) => service.listen("http", server, { port: 0, host: "127.0.0.1" }));
	const { port } = server.address() as AddressInfo;
	const request = new Deferred();
	server.prependListener("connection", () => request.resolve());
	const response = ask(port, "/held");
	const stopped = request.promise.then(() => service.stop());
	// This listener is closed; those of other workers may not be.
	while (!siblings.sent.includes("listeners closed")) await nextTurn();
	assert.equal(server.listening, false);
	for (let turns = 0; turns < 10; turns++) await nextTurn();
	assert.deepEqual(executed, []);
	siblings.closed.resolve();
	assert.equal(await response, "200 whole");
	assert.deepEqual(siblings.sent, ["emptying", "empty", "listeners closed"]);
	assert.ok((await stopped).ok);
});
