import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Spread } from "#src/core/spread.js";
import { Http2Sessions } from "#src/servers/http2/http2-sessions.js";
import { AbandonedRequests } from "#src/servers/listening/abandoned-requests.js";
import { planDrain } from "#src/servers/listening/drain-plan.js";
import { requestNames } from "#src/servers/listening/request-name.js";

test("the event streams of each HTTP/2 session are ended after the session's share of the spread", {
	timeout: 10_000,
}, async (t) => {
	const sessions = new Http2Sessions([], new AbandonedRequests(), () => {});
	const streams: ServerHttp2Stream[] = [];
	const server = createServer();
	server.on("stream", (stream, headers) => {
		sessions.sees("stream", stream, headers);
		stream.respond({ ":status": 200, "content-type": "text/event-stream" });
		streams.push(stream);
	});
	await once(server.listen(0, "127.0.0.1"), "listening");
	t.after(() => server.close());
	for (let i = 0; i < 2; i++) {
		const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
		t.after(() => client.destroy());
		await once(client.request({ accept: "text/event-stream" }), "response");
	}
	const spread = new Spread(0, () => 0);
	spread.delays = () => [0, 1e9];
	const plan = planDrain("web", requestNames(false), {
		lingerMs: 60_000,
		leftMs: 60_000,
		spread,
		onEndedEarly() {},
	});
	await sessions.beginDrain(plan);
	// No stream is ended before its session has GOAWAY.
	while (!streams.some((stream) => Object.hasOwn(stream, "write"))) {
		await nextTurn();
		await sessions.sweep(plan, performance.now());
	}
	assert.deepEqual(
		streams.map((stream) => Object.hasOwn(stream, "write")),
		[true, false],
	);
});

test("very many idle HTTP/2 sessions end in many turns of the event loop, and none before its share of the spread", {
	timeout: 60_000,
}, async (t) => {
	const COUNT = 600;
	const sessions = new Http2Sessions([], new AbandonedRequests(), () => {});
	const server = createServer();
	/** How many got GOAWAY in each turn of the event loop. */
	const perTurn: number[] = [0];
	server.on("session", (session) => {
		sessions.sees("session", session, undefined);
		const { close } = session;
		session.close = (...args) => {
			perTurn.push((perTurn.pop() ?? 0) + 1);
			return close.apply(session, args);
		};
	});
	server.on("stream", (stream, headers) => {
		sessions.sees("stream", stream, headers);
		stream.respond({ ":status": 200 }, { endStream: true });
	});
	await once(server.listen(0, "127.0.0.1"), "listening");
	t.after(() => server.close());
	const { port } = server.address() as AddressInfo;
	for (let i = 0; i < COUNT; i++) {
		const client = connect(`http://127.0.0.1:${port}`);
		t.after(() => client.destroy());
		await once(client.request().resume().end(), "close");
	}
	const spread = new Spread(0, () => 0);
	// Half of them at once, and half of them never.
	spread.delays = (count) => Array.from({ length: count }, (_, i) => (i % 2) * 1e9);
	const plan = planDrain("web", requestNames(false), {
		lingerMs: 1_000,
		leftMs: 1e9,
		spread,
		onEndedEarly() {},
	});
	await sessions.beginDrain(plan);
	while (sessions.size > COUNT / 2) {
		await nextTurn();
		perTurn.push(0);
		await sessions.sweep(plan, performance.now());
	}
	assert.equal(
		perTurn.reduce((sum, count) => sum + count),
		COUNT / 2,
	);
	assert.ok(Math.max(...perTurn) <= 200, `${Math.max(...perTurn)} in one turn`);
	for (let i = 0; i < 20; i++) {
		await nextTurn();
		await sessions.sweep(plan, performance.now());
	}
	assert.equal(sessions.size, COUNT / 2);
});
