import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { halfHead } from "#src/load/half-head.js";
import { inFlight } from "#src/load/in-flight.js";
import { silent } from "#src/load/silent.js";
import { slowReader } from "#src/load/slow-reader.js";
import { tally } from "#src/record/outcome.js";
import { httpServer, sortedIds } from "./support/http-server.ts";
import { rawServer } from "./support/raw-server.ts";
import { until } from "./support/until.ts";

test("inFlight: steady while all are in flight, and none is repeated", async () => {
	const held: ServerResponse[] = [];
	const server = await httpServer((_req, res) => held.push(res));
	const load = inFlight(server.target);
	await load.steady;
	await until(() => held.length === 32);
	const finished = load.finish();
	for (const res of held) res.end("late");
	const records = await finished;
	await server.close();
	assert.equal(tally(records).answered, 32);
	assert.deepEqual(sortedIds(records), server.ids.sort());
});

test("what has no outcome at the time limit is unanswered, or cut", async () => {
	const server = await rawServer(({ socket, connection }) => {
		if (connection === 0) socket.write("HTTP/1.1 200 OK\r\n");
	});
	const load = inFlight(server.target, { connections: 3 });
	await load.steady;
	const records = await load.finish({ timeoutMs: 50 });
	await server.close();
	const counts = tally(records);
	assert.deepEqual([counts.unanswered, counts.cut, counts.total], [2, 1, 3]);
	assert.ok(records.every(({ detail }) => detail === "time-limit"));
	assert.equal(await load.finish(), records);
});

test("slowReader: reads no faster than its options say, and everything", async () => {
	const body = Buffer.alloc(300_000);
	const server = await httpServer((_req, res) => res.end(body));
	const load = slowReader(server.target, { connections: 5, bytesPerRead: 30_000, expectBytes: body.length });
	await load.steady;
	const records = await load.finish();
	await server.close();
	assert.equal(tally(records).answered, 5);
	assert.deepEqual(sortedIds(records), server.ids.sort());
	// Ten reads of the body at least, and a timer may be a millisecond early.
	for (const { sentAtMs, endedAtMs } of records) assert.ok(endedAtMs - sentAtMs >= 9 * 4);
});

test("slowReader: a response that ends early is cut, however it says its length", async () => {
	const heads = ["content-length: 100000", "transfer-encoding: chunked\r\n\r\n186a0", "x: y"];
	const server = await rawServer(({ socket, connection }) => {
		socket.write(`HTTP/1.1 200 OK\r\n${heads[connection]}\r\n${heads[connection]?.includes("chunked") ? "" : "\r\n"}`);
		socket.end(Buffer.alloc(99_999));
	});
	const load = slowReader(server.target, { connections: 3, everyMs: 1, expectBytes: 100_000 });
	await load.steady;
	const records = await load.finish();
	await server.close();
	assert.equal(tally(records).cut, 3);
	assert.ok(records.every(({ status }) => status === 200));
});

test("silent: not a byte, and how each connection ended", async () => {
	const server = await httpServer((_req, res) => res.end());
	const load = silent(server.target, { connections: 6 });
	await load.steady;
	await until(() => server.sockets.length === 6);
	server.sockets.slice(0, 2).map((socket) => socket.end());
	server.sockets.slice(2, 5).map((socket) => socket.resetAndDestroy());
	await until(() => load.connectionsEnded.length === 5);
	const records = await load.finish();
	await server.close();
	assert.deepEqual(records, []);
	assert.ok(server.sockets.every(({ bytesRead }) => bytesRead === 0));
	const how = load.connectionsEnded.map((end) => end.how).sort();
	assert.deepEqual(how, ["by-client", "by-server", "by-server", "reset", "reset", "reset"]);
});

test("halfHead: begins heads, never a request, and notes a 408", async () => {
	const server = await httpServer((_req, res) => res.end(), { headersTimeout: 50, connectionsCheckingInterval: 10 });
	const load = halfHead(server.target, { connections: 5, everyMs: 1 });
	await load.steady;
	await until(() => load.connectionsEnded.length === 5);
	const records = await load.finish();
	await server.close();
	assert.deepEqual(records, []);
	assert.equal(load.connectionsEnded.length, 5);
	assert.deepEqual(server.ids, []);
	assert.ok(load.connectionsEnded.every(({ unaskedStatus }) => unaskedStatus === 408));
});
