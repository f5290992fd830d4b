import assert from "node:assert/strict";
import { once } from "node:events";
import { get, type OutgoingHttpHeaders } from "node:http";
import { type AddressInfo, connect, createServer } from "node:net";
import { test } from "node:test";
import { runningService } from "../support/watched-service.ts";

const LOOPBACK = { port: 0, host: "127.0.0.1" };

test("a health port closes when the service is closed, with every connection", async () => {
	const { service, clock } = await runningService();
	const server = await service.health().listen(LOOPBACK);
	service.defer("db", () => assert.ok(server.listening, "it is closed last"));
	const silent = connect((server.address() as AddressInfo).port, "127.0.0.1");
	await Promise.all([once(silent, "connect"), once(server, "connection")]);
	const gone = once(silent, "close");
	void service.stop();
	await clock.advance(0);
	assert.equal((await service.closed).ok, true);
	assert.equal(server.listening, false);
	await gone;
});

test("a health port that is opened after the end closes at once", async () => {
	const { service, clock } = await runningService();
	void service.stop();
	await clock.advance(0);
	const server = await service.health().listen(LOOPBACK);
	if (server.listening) await once(server, "close");
	assert.equal(server.listening, false);
});

test("listening on a health port that is taken rejects", async (t) => {
	const taken = createServer().listen(LOOPBACK);
	t.after(() => void taken.close());
	await once(taken, "listening");
	const { service } = await runningService();
	const { port } = taken.address() as AddressInfo;
	await assert.rejects(service.health().listen({ ...LOOPBACK, port }), {
		code: "EADDRINUSE",
		message: new RegExp(`^"health" cannot listen on 127\\.0\\.0\\.1:${port}: it is already in use \\(EADDRINUSE\\); `),
	});
});

test("the path that shows what the program is doing exists only for clients on the same machine", async () => {
	const { service, clock } = await runningService({ name: "shop" });
	service.enter("outbox", "message 17");
	const { port } = (await service.health().listen(LOOPBACK)).address() as AddressInfo;
	const ask = (path: string, headers: OutgoingHttpHeaders = {}): Promise<[number | undefined, string]> =>
		new Promise((resolve, reject) => {
			const request = get({ ...LOOPBACK, port, path, headers }, async (response) => {
				resolve([response.statusCode, Buffer.concat(await response.toArray()).toString()]);
			});
			request.on("error", reject);
		});
	const [status, body] = await ask("/statusz");
	assert.equal(status, 200);
	assert.match(body, /"name":"shop".*"phase":"running".*"what":"message 17"/);
	const nothing = await ask("/nothing");
	assert.equal(nothing[0], 404);
	for (const headers of [{ host: "evil.example" }, { "X-Forwarded-For": "203.0.113.9" }, { Via: "1.1 proxy" }]) {
		assert.deepEqual(await ask("/statusz", headers), nothing);
		assert.equal((await ask("/readyz", headers))[0], 200, "probes are for any client");
	}
	void service.stopNow();
	await clock.advance(0);
	await service.closed;
});
