import assert from "node:assert/strict";
import { Server } from "node:http";
import { Socket } from "node:net";
import { test } from "node:test";
import { Spread } from "#src/core/spread.js";
import { Http1Connections } from "#src/servers/http1/http1-connections.js";
import { AbandonedRequests } from "#src/servers/listening/abandoned-requests.js";
import { planDrain } from "#src/servers/listening/drain-plan.js";
import { requestNames } from "#src/servers/listening/request-name.js";

test("idle HTTP/1.1 connections are ended one by one, each after the linger and its share of the spread", async () => {
	const connections = new Http1Connections(
		new Server(),
		{ opened: "connection", speaks: () => true },
		new AbandonedRequests(),
	);
	const sockets = [new Socket(), new Socket()];
	for (const socket of sockets) connections.sees("connection", socket, undefined);
	const spread = new Spread(0, () => 0);
	spread.delays = () => [0, 1e9];
	const plan = planDrain("web", requestNames(false), { lingerMs: 0, leftMs: 60_000, spread, onEndedEarly() {} });
	await connections.beginDrain(plan);
	await connections.sweep(plan, performance.now());
	assert.deepEqual(
		sockets.map(({ destroyed }) => destroyed),
		[true, false],
	);
	connections.cut(
		() => false,
		(destroy) => destroy(),
	);
	assert.equal(sockets[1]?.destroyed, true);
});
