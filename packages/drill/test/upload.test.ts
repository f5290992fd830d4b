import assert from "node:assert/strict";
import { test } from "node:test";
import { upload } from "#src/load/upload.js";
import { tally } from "#src/record/outcome.js";
import { httpServer, sortedIds } from "./support/http-server.ts";
import { answer, rawServer } from "./support/raw-server.ts";
import { until } from "./support/until.ts";

test("uploads arrive whole, one after the other on the same connections", async () => {
	const lengths: number[] = [];
	const server = await httpServer((req, res) => {
		assert.equal(req.method, "POST");
		let length = 0;
		req.on("data", (bytes) => {
			length += bytes.length;
		});
		req.on("end", () => {
			lengths.push(length);
			res.end();
		});
	});
	const load = upload(server.target, { bytes: 200_001, everyMs: 1 });
	await load.steady;
	await until(() => lengths.length >= 64);
	const records = await load.finish();
	await server.close();
	assert.equal(tally(records).answered, records.length);
	assert.deepEqual(sortedIds(records), server.ids.sort());
	assert.equal(server.sockets.length, 16);
	assert.ok(lengths.length === records.length && lengths.every((length) => length === 200_001));
});

test("early: nothing is read before the whole body is written", async () => {
	const nearlyWholeAt = new Map<number, number>();
	const server = await rawServer(({ socket, connection, index }) => {
		if (index > 0) return;
		socket.write(answer("early"));
		socket.on("data", () => {
			// Not the last chunk: the client may read on before the server has that one.
			if (socket.bytesRead >= 70_000 && !nearlyWholeAt.has(connection))
				nearlyWholeAt.set(connection, performance.now());
		});
	});
	const options = { connections: 3, bytes: 100_000, chunkBytes: 10_000, everyMs: 2, early: true };
	const load = upload(server.target, options);
	await load.steady;
	await until(() => nearlyWholeAt.size === 3);
	const records = await load.finish({ timeoutMs: 200 });
	await server.close();
	const firsts = records.filter(({ outcome }) => outcome === "answered");
	assert.equal(firsts.length, 3);
	for (const { connection, endedAtMs } of firsts) assert.ok(endedAtMs > (nearlyWholeAt.get(connection) ?? Number.NaN));
});

test("not early: the response is read while the rest of the body is still to come", async () => {
	let answers = 0;
	const server = await rawServer(({ socket }) => {
		answers++;
		socket.write(answer("early", "connection: close"));
	});
	const load = upload(server.target, { connections: 3, everyMs: 1_000_000 });
	await load.steady;
	await until(() => answers >= 9);
	const records = await load.finish();
	await server.close();
	assert.equal(tally(records).answered, records.length);
	assert.ok(records.length >= 9);
});

test("early: a reset ends the wait to have written the whole body, and is lost", async () => {
	let resets = 0;
	const server = await rawServer(({ socket }) => {
		resets++;
		socket.resetAndDestroy();
	});
	const load = upload(server.target, { connections: 3, bytes: 100_000, chunkBytes: 1, everyMs: 1, early: true });
	await until(() => resets >= 9);
	const records = await load.finish();
	await server.close();
	const counts = tally(records);
	assert.equal(counts.reset, resets);
	assert.equal(counts.total, resets);
});
