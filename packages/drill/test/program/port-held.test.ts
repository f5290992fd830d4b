import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { test } from "node:test";
import { portHeld } from "#src/wire/port-held.js";
import { tryConnect } from "#src/wire/try-connect.js";
import { fixture, started } from "../support/started-program.ts";

test("a port is held as long as a process listens", async () => {
	const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	assert.equal(await portHeld("127.0.0.1", port), true);
	server.close();
	await once(server, "close");
	assert.equal(await portHeld("127.0.0.1", port), false);
});

test("a socket that is connected to itself is no listener", async () => {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	server.close();
	await once(server, "close");
	assert.equal(await tryConnect({ host: "127.0.0.1", port, localPort: port }), "refused");
});

test("a port whose queue is full is held", async (t) => {
	const { target, said } = await started(t, fixture("listens-with-a-short-queue"));
	const port = Number((await said(/port (\d+)\./))[1]);
	target.signal("SIGSTOP");
	const sockets = Array.from({ length: 4 }, () => connect(port, "127.0.0.1").on("error", () => {}));
	t.after(() => {
		for (const socket of sockets) socket.destroy();
	});
	assert.equal(await tryConnect({ host: "127.0.0.1", port }), "unanswered");
	assert.equal(await portHeld("127.0.0.1", port), true);
});

test("an address that can't be connected to is not held", async () => {
	assert.equal(await portHeld("255.255.255.255", 1), false);
});
