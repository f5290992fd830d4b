import assert from "node:assert/strict";
import { test } from "node:test";
import { backToBack } from "#src/load/back-to-back.js";
import { inFlight } from "#src/load/in-flight.js";
import { newConnections } from "#src/load/new-connections.js";
import { pipelined } from "#src/load/pipelined.js";
import { httpServer } from "./support/http-server.ts";
import { answer, rawServer } from "./support/raw-server.ts";
import { until } from "./support/until.ts";

test("nth counts the requests before it on its connection", async () => {
	const seen = new Map<string, [connection: number, index: number]>();
	const server = await rawServer(({ socket, connection, index, head }) => {
		const id = /x-request-id: (\S+)/.exec(head)?.[1] ?? "";
		seen.set(id, [connection, index]);
		socket.write(answer("ok", ...(index === 6 ? ["connection: close"] : [])));
	});
	for (const start of [backToBack, pipelined, newConnections]) {
		seen.clear();
		const load = start(server.target);
		await until(() => seen.size >= 300);
		const records = await load.finish();
		const connections = new Map<number, Set<number>>();
		for (const { id, connection, nth } of records) {
			const [serversNumber, index] = seen.get(id) ?? [Number.NaN, Number.NaN];
			assert.equal(nth, index);
			connections.set(connection, (connections.get(connection) ?? new Set()).add(serversNumber));
		}
		// The numbers are the load's own, but name the same connections.
		assert.ok([...connections.values()].every((numbers) => numbers.size === 1));
	}
	await server.close();
});

test("connectionsEnded: once each, who ended it, and when", async () => {
	const startedAtMs = performance.now();
	const server = await httpServer((req, res) => {
		if (server.ids.length % 4 === 0) req.socket.resetAndDestroy();
		else if (server.ids.length % 4 === 1) res.setHeader("connection", "close").end();
		else if (server.ids.length % 4 === 2) req.socket.end();
		else res.end();
	});
	const load = backToBack(server.target, { connections: 8 });
	await until(() => load.connectionsEnded.length >= 200);
	const records = await load.finish();
	await server.close();
	const ended = load.connectionsEnded;
	assert.equal(ended.length, server.sockets.length);
	assert.equal(new Set(ended.map(({ connection }) => connection)).size, ended.length);
	for (const { connection, how, error, openedAtMs, atMs } of ended) {
		const last = records.findLast((record) => record.connection === connection);
		const expected = { reset: "reset", answered: "by-client", unanswered: "by-server" };
		if (last) assert.equal(how, expected[last.outcome as keyof typeof expected]);
		assert.equal(error, how === "reset" ? "ECONNRESET" : undefined);
		assert.ok(startedAtMs <= openedAtMs && openedAtMs <= atMs && atMs <= performance.now());
	}
	const order = ended.map(({ atMs }) => atMs);
	assert.deepEqual(
		order,
		order.toSorted((a, b) => a - b),
	);
});

test("connectionsEnded: those that are open are not among them, nor those that were refused", async () => {
	const server = await httpServer(() => {});
	const load = inFlight(server.target, { connections: 3 });
	await load.steady;
	await until(() => server.sockets.length === 3);
	assert.deepEqual(load.connectionsEnded, []);
	await server.close();
	await load.finish();
	assert.equal(load.connectionsEnded.length, 3);
	const refused = inFlight(server.target, { connections: 3 });
	await until(() => refused.refusedAttempts === 3);
	await refused.finish();
	assert.deepEqual(refused.connectionsEnded, []);
});
