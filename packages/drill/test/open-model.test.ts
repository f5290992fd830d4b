import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { test } from "node:test";
import { newConnections } from "#src/load/new-connections.js";
import { rate } from "#src/load/rate.js";
import type { RunningLoad } from "#src/load/running-load.js";
import { type RequestRecord, tally } from "#src/record/outcome.js";
import { httpServer, sortedIds } from "./support/http-server.ts";
import { until } from "./support/until.ts";

/** Asserts that the n-th request was due at the n-th instant, and none was sent before. */
function assertDue(records: readonly RequestRecord[], everyMs: number): void {
	const dues = records.map(({ dueAtMs = Number.NaN }) => dueAtMs).sort((a, b) => a - b);
	const first = dues[0] ?? Number.NaN;
	for (const [index, due] of dues.entries()) assert.ok(Math.abs(due - first - index * everyMs) < 0.001);
	for (const { dueAtMs = Number.NaN, sentAtMs } of records) assert.ok(sentAtMs >= dueAtMs);
}

test("rate: each request at its instant, on the connection that was used last", async () => {
	const used = new Set<Socket>();
	const server = await httpServer(({ socket }, res) => {
		used.add(socket);
		res.end("ok");
	});
	const load = rate(server.target, { requestsPerSecond: 500 }) as RunningLoad & { readonly connections: number };
	await load.steady;
	// A request whose connection is still being opened at the end would leave no record.
	await until(() => server.ids.length >= 200 && used.size === load.connections);
	const records = await load.finish();
	await server.close();
	assert.equal(tally(records).answered, records.length);
	assert.deepEqual(sortedIds(records), server.ids.sort());
	assertDue(records, 2);
	assert.ok(records.some(({ nth }) => nth > 0));
	for (const record of records) assert.deepEqual(usedLater(records, record), []);
});

/** The connections that were idle when this request was sent, though one of them had been used after its own. */
function usedLater(records: readonly RequestRecord[], { connection, nth, sentAtMs }: RequestRecord): number[] {
	const before = records.find((record) => record.connection === connection && record.nth === nth - 1);
	if (!before) return [];
	const idle = records.filter(
		(record) =>
			record.endedAtMs > before.endedAtMs &&
			record.endedAtMs < sentAtMs &&
			!records.some(
				(next) => next.connection === record.connection && next.nth > record.nth && next.sentAtMs < sentAtMs,
			),
	);
	return idle.map((record) => record.connection);
}

test("rate: goes on though nothing is answered, and what waited keeps its instant", async () => {
	const held: ServerResponse[] = [];
	const server = await httpServer((_req, res) => held.push(res));
	const load = rate(server.target, { requestsPerSecond: 1000, maxConnections: 10 });
	await until(() => held.length === 10 && load.overdue >= 50);
	assert.equal(server.sockets.length, 10);
	const freedAtMs = performance.now();
	held.splice(0, 1)[0]?.end();
	await until(() => held.length === 10);
	assert.equal(server.sockets.length, 10);
	const finished = load.finish();
	for (const res of held) res.end();
	const records = await finished;
	await server.close();
	assert.equal(tally(records).answered, 11);
	assertDue(records, 1);
	const last = records.find(({ nth }) => nth === 1);
	assert.ok(last && last.sentAtMs >= freedAtMs && (last.dueAtMs ?? Number.NaN) < freedAtMs - 40);
});

test("rate: a connection that ended makes room for what is overdue", async () => {
	const server = await httpServer((req) => req.socket.resetAndDestroy());
	const load = rate(server.target, { requestsPerSecond: 2000, maxConnections: 2 });
	await until(() => server.ids.length >= 100);
	const records = await load.finish();
	await server.close();
	assert.equal(tally(records).reset, server.ids.length);
	assertDue(records, 0.5);
});

test("rate: an idle connection that the server ended is not used again", async () => {
	const server = await httpServer((_req, res) => res.end("ok"), { keepAliveTimeout: 1 });
	const load = rate(server.target, { requestsPerSecond: 100 });
	await load.steady;
	for (const target = server.ids.length + 10; server.ids.length < target; ) {
		await until(() => server.sockets.length > 0);
		for (const socket of server.sockets) socket.end();
		await new Promise((resolve) => setImmediate(resolve));
	}
	const records = await load.finish();
	await server.close();
	assert.equal(new Set(records.map(({ connection }) => connection)).size, server.sockets.length);
	assert.ok(server.sockets.length > 5);
});

test("each request whose connection is refused is refused, and recorded", async () => {
	const server = await httpServer(() => {});
	await server.close();
	for (const load of [
		rate(server.target, { requestsPerSecond: 1000 }),
		newConnections(server.target, { requestsPerSecond: 1000 }),
	]) {
		await assert.rejects(load.steady, /was refused \(ECONNREFUSED\)/);
		await until(() => load.refusedAttempts >= 30);
		const records = await load.finish();
		assert.equal(tally(records).refused, load.refusedAttempts);
		assert.equal(records.length, load.refusedAttempts);
		assertDue(records, 1);
	}
});

test("newConnections at a rate: one connection each, at most so many", async () => {
	const held: ServerResponse[] = [];
	let isHeld = false;
	const server = await httpServer((_req, res) => {
		if (isHeld) held.push(res);
		else res.end("ok");
	});
	const load = newConnections(server.target, { requestsPerSecond: 1000, concurrency: 20 });
	await load.steady;
	await until(() => server.ids.length >= 100);
	assert.ok(server.sockets.length >= server.ids.length);
	isHeld = true;
	await until(() => held.length === 20);
	const finished = load.finish();
	for (const res of held) res.end();
	const records = await finished;
	await server.close();
	assert.equal(tally(records).answered, records.length);
	assert.ok(records.every(({ nth }) => nth === 0));
	assert.equal(new Set(records.map(({ connection }) => connection)).size, records.length);
	assertDue(records, 1);
});

test("a rate that is none is refused", () => {
	const target = { host: "127.0.0.1", port: 1 };
	assert.throws(() => rate(target, { requestsPerSecond: 0 }), RangeError);
	assert.throws(() => rate(target, { requestsPerSecond: Number.POSITIVE_INFINITY }), RangeError);
	assert.throws(() => rate(target, { requestsPerSecond: 1, maxConnections: 0 }), RangeError);
	assert.throws(() => newConnections(target, { requestsPerSecond: -1 }), RangeError);
});
