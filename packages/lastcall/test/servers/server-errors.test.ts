import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { RootService } from "#src/service/root-service.js";
import { FakeClock } from "../support/fake-clock.ts";

/** A service that serves a server, not listening yet. */
async function served() {
	const clock = new FakeClock();
	const service = new RootService({}, clock, () => {});
	await service.start();
	const server = createServer();
	return { clock, service, server };
}

test("a server error without a listener of the program stops the service at once", async () => {
	const { service, server } = await served();
	service.serve("tcp", server);
	server.emit("error", new Error("taken"));
	assert.equal(service.reason?.kind, "server-failed");
});

for (const how of ["on", "once"] as const) {
	test(`a server error that the program handles by ${how}(), listening on another port, doesn't stop the service`, async (t) => {
		const { clock, service, server } = await served();
		const other = createServer().listen(0, "127.0.0.1");
		await once(other, "listening");
		t.after(() => void other.close());
		t.after(() => void server.close());
		server[how]("error", () => server.listen(0, "127.0.0.1"));
		service.serve("tcp", server);
		server.listen((other.address() as AddressInfo).port, "127.0.0.1");
		// `once` of `node:events` would reject at the error.
		await new Promise<void>((resolve) => server.once("listening", resolve));
		await clock.advance(10_000);
		assert.equal(service.reason, undefined);
	});
}

test("a server error that the program handles stops the service if the server isn't listening 2 s after the last error", async () => {
	const { clock, service, server } = await served();
	service.serve("tcp", server);
	server.on("error", () => {});
	const [first, last] = [new Error("taken"), new Error("still taken")];
	server.emit("error", first);
	await clock.advance(1_500);
	server.emit("error", last);
	await clock.advance(1_999);
	assert.equal(service.reason, undefined);
	await clock.advance(1);
	assert.deepEqual(service.reason, { kind: "server-failed", name: "tcp", error: last });
});

test("a server error that the program handles is forgotten when the service is closed", async () => {
	const { clock, service, server } = await served();
	service.serve("tcp", server);
	server.on("error", () => {});
	server.emit("error", new Error("taken"));
	void service.stop("enough");
	await clock.advance(1_000);
	await service.closed;
	assert.equal(server.listenerCount("error"), 1);
	await clock.advance(10_000);
	assert.deepEqual((await service.closed).errors, []);
});
