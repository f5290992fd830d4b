import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { test } from "node:test";
import { runningService } from "../core/watched-service.ts";

const LOOPBACK = { port: 0, host: "127.0.0.1" };

test("it closes when the service is closed, with every connection", async () => {
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

test("one that is opened after the end closes at once", async () => {
	const { service, clock } = await runningService();
	void service.stop();
	await clock.advance(0);
	const server = await service.health().listen(LOOPBACK);
	if (server.listening) await once(server, "close");
	assert.equal(server.listening, false);
});

test("a port that is taken is the caller's error", async (t) => {
	const taken = createServer().listen(LOOPBACK);
	t.after(() => void taken.close());
	await once(taken, "listening");
	const { service } = await runningService();
	const { port } = taken.address() as AddressInfo;
	await assert.rejects(service.health().listen({ ...LOOPBACK, port }), {
		code: "EADDRINUSE",
		message: new RegExp(`^"health": .*:${port}$`),
	});
});
