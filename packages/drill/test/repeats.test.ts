import assert from "node:assert/strict";
import { test } from "node:test";
import { inFlight } from "#src/load/in-flight.js";
import type { Endpoint } from "#src/load/running-load.js";
import { slowReader } from "#src/load/slow-reader.js";
import { tally } from "#src/record/outcome.js";
import { httpServer, sortedIds } from "./support/http-server.ts";
import { until } from "./support/until.ts";

for (const [name, start] of [
	["inFlight", (target: Endpoint) => inFlight(target, { connections: 5, repeats: true })],
	["slowReader", (target: Endpoint) => slowReader(target, { connections: 5, repeats: true, everyMs: 0 })],
] as const) {
	test(`${name} that repeats asks again on the same connection`, async () => {
		const server = await httpServer((_req, res) => res.end("ok"));
		const load = start(server.target);
		await load.steady;
		await until(() => server.ids.length >= 100);
		const records = await load.finish();
		await server.close();
		assert.equal(tally(records).answered, records.length);
		assert.deepEqual(sortedIds(records), server.ids.sort());
		assert.equal(server.sockets.length, 5);
	});

	test(`${name} that repeats replaces a connection that ended`, async () => {
		const server = await httpServer((req, res) => {
			if (server.ids.length % 3 === 0) req.socket.resetAndDestroy();
			else res.setHeader("connection", server.ids.length % 3 === 1 ? "close" : "keep-alive").end("ok");
		});
		const load = start(server.target);
		await until(() => server.ids.length >= 100);
		const records = await load.finish();
		await server.close();
		const counts = tally(records);
		assert.equal(counts.reset, Math.floor(server.ids.length / 3));
		assert.equal(counts.answered, server.ids.length - counts.reset);
		assert.equal(server.sockets.length, load.connectionsEnded.length);
	});
}
