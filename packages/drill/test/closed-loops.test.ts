import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { backToBack } from "#src/load/back-to-back.js";
import { newConnections } from "#src/load/new-connections.js";
import { pausing } from "#src/load/pausing.js";
import { pipelined } from "#src/load/pipelined.js";
import type { Endpoint, RunningLoad } from "#src/load/running-load.js";
import { isLost, tally } from "#src/record/outcome.js";
import { httpServer, sortedIds } from "./support/http-server.ts";
import { answer, rawServer } from "./support/raw-server.ts";
import { until } from "./support/until.ts";

type Start = (target: Endpoint) => RunningLoad;
const loads: [name: string, start: Start, clients: number][] = [
	["backToBack", (target) => backToBack(target), 32],
	["pausing", (target) => pausing(target, { maxPauseMs: 3 }), 200],
	["pipelined", (target) => pipelined(target), 16],
	["newConnections", (target) => newConnections(target), 64],
];

for (const [name, start, clients] of loads) {
	test(`${name}: the server's count is the client's`, async () => {
		const server = await httpServer((_req, res) => res.end("ok"));
		const load = start(server.target);
		await load.steady;
		assert.ok(server.sockets.length >= clients);
		await until(() => server.ids.length >= 2000);
		const records = await load.finish();
		await server.close();
		assert.deepEqual(sortedIds(records), server.ids.sort());
		assert.equal(new Set(server.ids).size, server.ids.length);
		assert.equal(tally(records).answered, records.length);
		if (name === "newConnections") assert.equal(server.sockets.length, records.length);
		else assert.equal(server.sockets.length, clients);
	});

	test(`${name}: goes on after every Connection: close`, async () => {
		const server = await httpServer((_req, res) => {
			if (server.ids.length % 7 === 0) res.setHeader("connection", "close");
			res.end("ok");
		});
		const load = start(server.target);
		await load.steady;
		await until(() => server.ids.length >= 1000);
		const records = await load.finish();
		await server.close();
		const counts = tally(records);
		assert.equal(counts.lost, 0);
		assert.equal(counts.answered, records.filter(({ status }) => status === 200).length);
		assert.equal(counts["turned-away"], counts.behindClose);
		if (name === "pipelined") assert.ok(counts.behindClose > 0);
		else assert.deepEqual(sortedIds(records), server.ids.sort());
	});

	test(`${name}: a proxy's resets are counted exactly`, async () => {
		let resets = 0;
		let answers = 0;
		const proxy = await rawServer(({ socket, connection, index }) => {
			if (connection % 3 === 0 && index === 0) {
				resets++;
				socket.resetAndDestroy();
			} else if (!socket.destroyed) {
				answers++;
				socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
			}
		});
		const load = start(proxy.target);
		await load.steady;
		await until(() => answers >= 500);
		const records = await load.finish();
		await proxy.close();
		const counts = tally(records);
		const depth = name === "pipelined" ? 4 : 1;
		assert.equal(counts.reset, resets * depth);
		assert.equal(counts.answered, answers);
		assert.equal(counts.total, counts.reset + counts.answered);
		assert.ok(resets > 0 && records.filter(({ outcome }) => isLost(outcome)).every(({ error }) => error));
	});
}

test("pipelined writes `depth` requests in one write", async () => {
	const server = await rawServer(({ socket, index }) => {
		// Were they written one after the other, the first five would never be answered.
		if (index % 6 === 5) socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".repeat(6));
	});
	const load = pipelined(server.target, { connections: 3, depth: 6 });
	await load.steady;
	const records = await load.finish();
	await server.close();
	assert.equal(records.length % 6, 0);
	assert.equal(tally(records).answered, records.length);
});

test("a refused client tries again; three of its refusals are recorded, all are counted", async () => {
	const server = await httpServer((_req, res) => res.end("ok"));
	const load = backToBack(server.target, { connections: 4 });
	await load.steady;
	const { port } = server.target;
	await server.close();
	await until(() => load.refusedAttempts >= 5 * 4);
	const successor = createServer((socket) => {
		socket.on("error", () => {});
		socket.on("data", () => socket.write("HTTP/1.1 201 OK\r\ncontent-length: 0\r\n\r\n"));
		socket.on("end", () => socket.end());
	});
	successor.listen(port, "127.0.0.1");
	await once(successor, "listening");
	const sockets = await once(successor, "connection");
	await once(sockets[0], "data");
	const records = await load.finish();
	successor.close();
	await once(successor, "close");
	const counts = tally(records);
	assert.equal(counts.refused, 3 * 4);
	assert.ok(load.refusedAttempts >= 5 * 4);
	assert.ok(records.some(({ status }) => status === 201));
	assert.ok(records.every(({ outcome, error }) => outcome !== "refused" || error === "ECONNREFUSED"));
});

test("after a request that says close, its connection takes no other, whatever the response says", async () => {
	let most = 0;
	let answered = 0;
	const server = await rawServer(({ socket, index }) => {
		most = Math.max(most, index);
		answered++;
		socket.write(answer("ok"));
	});
	const load = backToBack({ ...server.target, headers: { Connection: "Close" } }, { connections: 2 });
	await until(() => answered > 20);
	const records = await load.finish();
	await server.close();
	assert.equal(most, 0);
	assert.equal(tally(records).answered, records.length);
	assert.ok(load.connectionsEnded.every(({ how }) => how === "by-client"));
});
