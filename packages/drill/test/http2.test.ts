import assert from "node:assert/strict";
import { once } from "node:events";
import { createSecureServer, createServer, type Http2Server, type ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { http2Load } from "#src/load/http2.js";
import type { Endpoint } from "#src/load/running-load.js";
import { tally } from "#src/record/outcome.js";
import { certificate } from "./support/certificate.ts";
import { httpServer, sortedIds } from "./support/http-server.ts";
import { until } from "./support/until.ts";

interface Seen {
	readonly id: string;
	readonly method: string;
	readonly path: string;
	readonly authority: string;
	readonly scheme: string;
	readonly mine: string;
	readonly te: string;
	readonly length: string;
	readonly body: string;
}

async function http2Server(more: Partial<Endpoint> = {}, server: Http2Server = createServer()) {
	const seen: Seen[] = [];
	const sessions: ServerHttp2Session[] = [];
	server.on("session", (session) => sessions.push(session));
	server.on("stream", (stream, headers) => {
		let body = "";
		stream.setEncoding("utf8");
		stream.on("error", () => {});
		stream.on("data", (piece) => {
			body += piece;
		});
		stream.on("end", () => {
			const said = (name: string) => String(headers[name] ?? "");
			seen.push({
				id: said("x-request-id"),
				method: said(":method"),
				path: said(":path"),
				authority: said(":authority"),
				scheme: said(":scheme"),
				mine: said("x-mine"),
				te: said("te"),
				length: said("content-length"),
				body,
			});
			stream.respond({ ":status": 200 });
			stream.end("ok");
		});
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const target = { host: "127.0.0.1", port: (server.address() as AddressInfo).port, ...more };
	const close = async () => {
		for (const session of sessions) session.destroy();
		server.close();
		await once(server, "close");
	};
	return { seen, sessions, target, close };
}

test("http2Load: the server's count is the client's, on as many sessions as were asked for", async () => {
	const server = await http2Server();
	const load = http2Load(server.target);
	await load.steady;
	await until(() => server.seen.length >= 1000);
	const records = await load.finish();
	await server.close();
	assert.deepEqual(sortedIds(records), server.seen.map(({ id }) => id).sort());
	assert.equal(tally(records).answered, records.length);
	assert.equal(server.sessions.length, 4);
	assert.equal(load.connectionsEnded.length, 4);
	assert.ok(load.connectionsEnded.every(({ how }) => how === "by-client"));
	for (const number of [0, 1, 2, 3]) {
		const order = records.filter(({ connection }) => connection === number).map(({ nth }) => nth);
		assert.deepEqual(
			order.sort((a, b) => a - b),
			[...order.keys()],
		);
	}
});

test("what the target says arrives", async () => {
	const server = await http2Server({ path: "/x?y", headers: { "X-Mine": "1", TE: "trailers" }, body: "grüße" });
	const load = http2Load(server.target, { connections: 1, streams: 2 });
	await load.steady;
	await load.finish();
	const named = http2Load(
		{ ...server.target, method: "GET", headers: { Host: "a.test" }, body: "" },
		{ connections: 1, streams: 1 },
	);
	await named.steady;
	await named.finish();
	await server.close();
	const { id: _, ...first } = server.seen[0] as Seen;
	const { port } = server.target;
	const authority = `127.0.0.1:${port}`;
	const said = { mine: "1", te: "trailers", length: "7", body: "grüße" };
	const expected = { method: "POST", path: "/x?y", authority, scheme: "http", ...said };
	assert.deepEqual(first, expected);
	const last = server.seen.at(-1);
	assert.deepEqual([last?.method, last?.authority, last?.length], ["GET", "a.test", "0"]);
});

test("over TLS, checked, where the server agrees to h2", async () => {
	const secure = createSecureServer({ key: certificate.private, cert: certificate.cert });
	const server = await http2Server({ tls: { ca: certificate.cert } }, secure);
	const load = http2Load(server.target, { connections: 2 });
	await load.steady;
	await until(() => server.seen.length >= 100);
	const records = await load.finish();
	const distrusting = http2Load({ ...server.target, tls: {} }, { connections: 1 });
	await assert.rejects(distrusting.steady, /refused \(DEPTH_ZERO_SELF_SIGNED_CERT\)/);
	await distrusting.finish();
	await server.close();
	assert.equal(tally(records).answered, records.length);
	assert.ok(server.seen.every(({ scheme }) => scheme === "https"));
});

test("a session that the server closes while it is loaded loses nothing", async () => {
	const server = await http2Server();
	const load = http2Load(server.target);
	await load.steady;
	for (let round = 1; round <= 10; round++) {
		const { length } = server.sessions;
		for (const session of server.sessions) if (!session.closed) session.close();
		await until(() => server.sessions.length >= length + 4);
	}
	const records = await load.finish();
	await server.close();
	const counts = tally(records);
	assert.deepEqual([counts.lost, counts.answered], [0, server.seen.length]);
	assert.ok(records.every(({ outcome, detail }) => outcome === "answered" || detail === "goaway"));
	assert.equal(load.connectionsEnded.length, server.sessions.length);
});

test("a refused port: three refusals of each client are recorded", async () => {
	const server = await httpServer(() => {});
	await server.close();
	const load = http2Load(server.target, { connections: 2 });
	await assert.rejects(load.steady, /was refused \(ECONNREFUSED\)/);
	await until(() => load.refusedAttempts >= 10);
	const records = await load.finish();
	assert.deepEqual([tally(records).refused, records.length], [6, 6]);
});

test("finish before it is steady leaves nothing behind", async () => {
	const server = await http2Server();
	const load = http2Load(server.target);
	assert.deepEqual(await load.finish(), []);
	await server.close();
	await assert.rejects(load.steady, /finished before it was steady/);
});

test("what can't be used is refused at once", () => {
	const target = { host: "127.0.0.1", port: 1 };
	assert.throws(() => http2Load(target, { connections: 0 }), RangeError);
	assert.throws(() => http2Load(target, { streams: 0 }), RangeError);
	for (const name of ["Connection", "te", "content-length", "x y"])
		assert.throws(() => http2Load({ ...target, headers: { [name]: "x" } }), TypeError);
});

for (const [events, outcome] of [
	[2, "answered"],
	[3, "cut (few-events)"],
] as const) {
	test(`http2Load: two events where there should be ${events}: ${outcome}`, async () => {
		const server = createServer((request, response) => {
			assert.deepEqual([request.method, request.headers.accept], ["POST", "text/event-stream"]);
			response.writeHead(200, { "content-type": "text/event-stream" });
			response.write("data: 1\n");
			response.end("\ndata: 2\n\n");
		});
		await once(server.listen(0, "127.0.0.1"), "listening");
		const target = { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
		const load = http2Load(target, { connections: 1, streams: 1, events });
		// It is steady with its first whole response, which does not come where each is cut.
		await until(() => load.tally.total > 0);
		const [first] = await load.finish();
		server.close();
		await once(server, "close");
		assert.equal(first?.detail ? `${first.outcome} (${first.detail})` : first?.outcome, outcome);
	});
}
