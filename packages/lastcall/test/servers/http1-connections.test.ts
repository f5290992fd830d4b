import assert from "node:assert/strict";
import { Server } from "node:http";
import { Socket } from "node:net";
import { test } from "node:test";
import { Goodbyes } from "#src/core/goodbyes.js";
import { Http1Connections } from "#src/servers/http1/http1-connections.js";
import { AbandonedRequests } from "#src/servers/listening/abandoned-requests.js";
import { leavingOf } from "#src/servers/listening/leaving.js";
import { requestNames } from "#src/servers/listening/request-name.js";

test("idle HTTP/1.1 connections are ended one by one, each after the linger and its share of the spread", async () => {
	const connections = new Http1Connections(
		new Server(),
		{ opened: "connection", speaks: () => true },
		new AbandonedRequests(),
	);
	const sockets = [new Socket(), new Socket()];
	for (const socket of sockets) connections.sees("connection", socket, undefined);
	const goodbyes = new Goodbyes(0, () => 0);
	goodbyes.delays = () => [0, 1e9];
	const leaving = leavingOf("web", requestNames(false), { lingerMs: 0, leftMs: 60_000, goodbyes, onEndedEarly() {} });
	await connections.leave(leaving);
	await connections.sweep(leaving, performance.now());
	assert.deepEqual(
		sockets.map(({ destroyed }) => destroyed),
		[true, false],
	);
	connections.drop(
		() => false,
		(destroy) => destroy(),
	);
	assert.equal(sockets[1]?.destroyed, true);
});
