import assert from "node:assert/strict";
import { test } from "node:test";
import { keepAliveEdge } from "#src/load/keep-alive-edge.js";
import { isLost, tally } from "#src/record/outcome.js";
import { httpServer } from "./support/http-server.ts";
import { answer, rawServer } from "./support/raw-server.ts";
import { until } from "./support/until.ts";

/** A server that ends a connection after it was idle for 100 ms, and is 10 ms away. */
async function farServer() {
	const awayMs = 10;
	return rawServer(({ socket }) => {
		const timer = idle.get(socket);
		// On its way for a while, and too late if the server has ended the connection by then.
		setTimeout(() => {
			if (hasEnded.has(socket)) return void socket.destroy();
			clearTimeout(timer);
			setTimeout(() => socket.write(answer("whole")), awayMs);
			idle.set(
				socket,
				setTimeout(() => {
					hasEnded.add(socket);
					setTimeout(() => socket.end(), awayMs);
				}, 100),
			);
		}, awayMs);
	});
}

const idle = new WeakMap<object, NodeJS.Timeout>();
const hasEnded = new WeakSet<object>();

test("what is asked when the server's idle timeout ends the connection crosses the end, and is lost", async () => {
	const server = await farServer();
	// Its connects are fast all the same: it answers from here.
	const load = keepAliveEdge(server.target, { connections: 20, edgeMs: 95 });
	await load.steady;
	// On a busy machine, the first ones may all be late.
	await until(() => load.tally.lost > 0);
	const records = await load.finish({ timeoutMs: 1_000 });
	await server.close();
	assert.ok(tally(records).answered >= 20);
	assert.ok(records.filter(({ outcome }) => isLost(outcome)).every(({ nth }) => nth > 0));
});

test("the idle timeout is measured, and clients then pause for about as long", async () => {
	const server = await httpServer((_req, res) => void res.end("whole"), { keepAliveTimeout: 60 });
	// Where Node.js adds a second to it, as its clients may be late.
	Object.assign(server.server, { keepAliveTimeoutBuffer: 0 });
	const load = keepAliveEdge(server.target, { connections: 5 });
	await load.steady;
	const records = await load.finish();
	const ended = load.connectionsEnded.filter(({ how }) => how === "by-server");
	await server.close();
	// The first connection of each was left idle until the server ended it.
	assert.ok(ended.length >= 5, `${ended.length}`);
	assert.ok(ended.slice(0, 5).every(({ openedAtMs, atMs }) => atMs - openedAtMs >= 59));
	assert.ok(tally(records).answered >= 10);
});
