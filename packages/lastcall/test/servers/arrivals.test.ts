import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { AcceptQueue } from "#src/servers/listening/accept-queue.js";
import { Arrivals } from "#src/servers/listening/arrivals.js";

/** A socket whose client has this address. */
function socketFrom(remoteAddress: string | undefined): Socket {
	return Object.defineProperties(new Socket(), {
		remoteAddress: { value: remoteAddress },
		localAddress: { value: "10.0.0.1" },
	});
}

test("the quiet time of the accept queue counts from before the stop while all clients are on this machine", () => {
	for (const [address, isLocal] of [
		["127.0.0.1", true],
		["127.0.0.6", true],
		["::1", true],
		["::ffff:127.0.0.1", true],
		["10.0.0.2", false],
		["::ffff:10.0.0.2", false],
		["fd00::1", false],
		// Its client has reset it.
		[undefined, false],
	] as const) {
		const arrivals = new Arrivals();
		assert.equal(arrivals.quietSince, -Infinity, "none has ever connected");
		arrivals.add(socketFrom(address));
		assert.equal(arrivals.quietSince !== undefined, isLocal, address);
		arrivals.add(socketFrom("127.0.0.1"));
		assert.equal(arrivals.quietSince !== undefined, isLocal, `${address}, and later one of this machine`);
		assert.equal(arrivals.count, 2);
	}
});

test("what is no socket of Node.js may be of another machine", () => {
	const arrivals = new Arrivals();
	arrivals.add({ remoteAddress: "127.0.0.1" });
	assert.equal(arrivals.quietSince, undefined);
});

async function accepted(t: TestContext, where: object): Promise<Arrivals> {
	const arrivals = new Arrivals();
	const server = createServer((socket) => arrivals.add(socket));
	t.after(() => server.close());
	await once(server.listen(where), "listening");
	const address = server.address();
	const to = typeof address === "string" ? { path: address } : { port: address?.port ?? 0, host: "127.0.0.1" };
	const client = connect(to);
	await once(server, "connection");
	client.destroy();
	return arrivals;
}

test("clients of a loopback address and of a Unix socket are on this machine", async (t) => {
	const before = performance.now();
	const path = process.platform === "win32" ? "\\\\.\\pipe\\arrivals" : join(tmpdir(), `arrivals-${process.pid}.sock`);
	for (const where of [{ port: 0 }, { port: 0, host: "127.0.0.1" }, { path }]) {
		const { quietSince = -1 } = await accepted(t, where);
		assert.ok(quietSince >= before, JSON.stringify(where));
	}
});

test("an accept queue that has been quiet for long enough before the stop is closed after three turns", async (t) => {
	const server = createServer();
	t.after(() => server.close());
	await once(server.listen(0, "127.0.0.1"), "listening");
	let turns = 0;
	const count = async (): Promise<void> => {
		for (; server.listening; turns++) await nextTurn();
	};
	const arrivals = { count: 0, quietSince: -Infinity };
	await Promise.all([new AcceptQueue(server, { arrivals, holdAll() {} }).close(60_000), count()]);
	assert.ok(turns >= 3, `${turns} turns`);
});

test("an accept queue that is not empty is emptied, however quiet it was before", async (t) => {
	const arrivals = new Arrivals();
	const server = createServer((socket) => {
		arrivals.add(socket);
		socket.destroy();
	});
	t.after(() => server.close());
	await once(server.listen(0, "127.0.0.1"), "listening");
	const { port } = server.address() as { port: number };
	const clients = Array.from({ length: 20 }, () => connect(port, "127.0.0.1").on("error", () => {}));
	await new AcceptQueue(server, { arrivals, holdAll() {} }).close(60_000);
	assert.equal(arrivals.count, 20);
	for (const client of clients) client.destroy();
});
