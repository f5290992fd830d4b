import assert from "node:assert/strict";
import { test } from "node:test";
import { http2Load } from "#src/load/http2.js";
import { type RequestRecord, tally } from "#src/record/outcome.js";
import { frames, type Http2Request, rawFrame, rawHttp2Server } from "./support/raw-http2-server.ts";
import { rawServer } from "./support/raw-server.ts";
import { until } from "./support/until.ts";

function described({ outcome, detail, status, error }: RequestRecord): string {
	return [outcome, status, detail, error].filter((word) => word !== undefined).join(" ");
}

/** What became of the first request on the first connection, where the server does this with it. */
async function first(act: (request: Http2Request) => void): Promise<string> {
	let acted = 0;
	const server = await rawHttp2Server((request) => {
		if (acted++ === 0) act(request);
	});
	const load = http2Load(server.target, { connections: 1, streams: 1 });
	await until(() => acted > 1);
	const records = await load.finish({ timeoutMs: 20 });
	await server.close();
	const [record] = records.filter(({ connection, nth }) => connection === 0 && nth === 0);
	assert.ok(record);
	return described(record);
}

/** Sends frames and then, once they may have arrived, ends the connection. */
function sending(...parts: ((stream: number) => Buffer)[]) {
	return ({ socket, stream }: Http2Request): void =>
		void socket.write(Buffer.concat(parts.map((part) => part(stream))));
}

const { head, data, reset } = frames;
const cases: [name: string, act: (request: Http2Request) => void, expected: string][] = [
	[
		"whole",
		sending(
			(id) => head(id),
			(id) => data(id, "hi", true),
		),
		"answered 200",
	],
	["a head alone", sending((id) => head(id, 204, { ends: true })), "answered 204"],
	[
		"trailers",
		sending(
			(id) => head(id),
			(id) => data(id, "hi"),
			frames.trailers,
		),
		"answered 200",
	],
	["a head in two", sending((id) => head(id, 200, { ends: true, whole: false }), frames.restOfHead), "answered 200"],
	[
		"103 first",
		sending(
			(id) => head(id, 103),
			(id) => head(id, 200, { ends: true }),
		),
		"answered 200",
	],
	["500", sending((id) => head(id, 500, { ends: true })), "answered 500"],
	[
		"503",
		sending(
			(id) => head(id, 503),
			(id) => data(id, "no", true),
		),
		"turned-away 503",
	],
	["429", sending((id) => head(id, 429, { ends: true })), "turned-away 429"],
	["REFUSED_STREAM", sending((id) => reset(id, 7)), "turned-away refused-stream"],
	["CANCEL", sending((id) => reset(id, 8)), "reset CANCEL"],
	["NO_ERROR before a head", sending((id) => reset(id, 0)), "reset NO_ERROR"],
	["a code without a name", sending((id) => reset(id, 99)), "reset 99"],
	[
		"NO_ERROR in a body",
		sending(
			(id) => head(id),
			(id) => data(id, "h"),
			(id) => reset(id, 0),
		),
		"cut 200 NO_ERROR",
	],
	[
		"REFUSED_STREAM in a body",
		sending(
			(id) => head(id),
			(id) => reset(id, 7),
		),
		"cut 200 REFUSED_STREAM",
	],
	[
		"half a 503",
		sending(
			(id) => head(id, 503),
			(id) => reset(id, 2),
		),
		"cut 503 INTERNAL_ERROR",
	],
	[
		"a reset after the end",
		sending(
			(id) => head(id, 200, { ends: true }),
			(id) => reset(id, 0),
		),
		"answered 200",
	],
	[
		"a body of another length",
		sending(
			(id) => head(id, 200, { length: "5" }),
			(id) => data(id, "hi", true),
		),
		"cut 200 unparsable PROTOCOL_ERROR",
	],
	[
		"a body that is longer than it says",
		sending(
			(id) => head(id, 200, { length: "1" }),
			(id) => data(id, "hi"),
		),
		"cut 200 unparsable PROTOCOL_ERROR",
	],
	["a body before its head", sending((id) => data(id, "hi", true)), "unanswered unparsable PROTOCOL_ERROR"],
	["a head without a status", sending(frames.trailers), "unanswered unparsable PROTOCOL_ERROR"],
	["a head that ends with 103", sending((id) => head(id, 103, { ends: true })), "unanswered unparsable PROTOCOL_ERROR"],
	["101", sending((id) => head(id, 101)), "unanswered unparsable PROTOCOL_ERROR"],
	[
		"trailers that do not end it",
		sending(
			(id) => head(id),
			(id) => rawFrame(1, 4, id, frames.trailers(id).subarray(9)),
		),
		"cut 200 unparsable PROTOCOL_ERROR",
	],
	[
		"a second head in place of trailers",
		sending(
			(id) => head(id),
			(id) => head(id, 200, { ends: true }),
		),
		"cut 200 unparsable PROTOCOL_ERROR",
	],
	["GOAWAY below it", ({ socket }) => socket.end(frames.goaway(0)), "turned-away goaway"],
	["GOAWAY below it, then RST", ({ socket }) => thenReset(socket, frames.goaway(0)), "turned-away goaway"],
	["GOAWAY with an error below it", ({ socket }) => socket.end(frames.goaway(0, 2)), "turned-away goaway"],
	["GOAWAY with an error above it", ({ socket }) => socket.write(frames.goaway(1, 2)), "reset INTERNAL_ERROR"],
	["FIN", ({ socket }) => socket.end(), "unanswered"],
	["GOAWAY above it, then FIN", ({ socket }) => socket.end(frames.goaway(1)), "unanswered"],
	["103, then FIN", ({ socket, stream }) => socket.end(head(stream, 103)), "unanswered after-interim"],
	["half a head, then FIN", ({ socket, stream }) => socket.end(head(stream).subarray(0, -1)), "unanswered"],
	["RST", ({ socket }) => socket.resetAndDestroy(), "reset ECONNRESET"],
	["half a body, then FIN", ({ socket, stream }) => socket.end(halfBody(stream)), "cut 200"],
	["half a body, then RST", ({ socket, stream }) => thenReset(socket, halfBody(stream)), "cut 200 ECONNRESET"],
	[
		"the last frame but for a byte",
		({ socket, stream }) => socket.end(Buffer.concat([head(stream), data(stream, "hi", true).subarray(0, -1)])),
		"cut 200",
	],
];

function halfBody(stream: number): Buffer {
	return Buffer.concat([head(stream), data(stream, "half")]);
}

function thenReset(socket: Http2Request["socket"], bytes: Buffer): void {
	socket.write(bytes, () => setImmediate(() => socket.resetAndDestroy()));
}

for (const [name, act, expected] of cases) {
	test(`${name}: ${expected}`, async () => assert.equal(await first(act), expected));
}

test("frames in single bytes are the same frames", async () => {
	const bytes = (id: number) => Buffer.concat([head(id), data(id, "a longer text"), data(id, "", true)]);
	const result = await first(({ socket, stream }) => {
		for (const byte of bytes(stream)) socket.write(Buffer.from([byte]));
	});
	assert.equal(result, "answered 200");
});

test("what has no outcome at the time limit is unanswered, or cut", async () => {
	let asked = 0;
	const server = await rawHttp2Server(({ socket, stream, index }) => {
		asked++;
		if (index === 0) socket.write(head(stream));
		if (index === 1) socket.write(head(stream, 103));
	});
	const load = http2Load(server.target, { connections: 1, streams: 3 });
	await until(() => asked === 3);
	const records = await load.finish({ timeoutMs: 30 });
	await server.close();
	assert.deepEqual(records.map(described).sort(), [
		"cut 200 time-limit",
		"unanswered time-limit",
		"unanswered time-limit",
	]);
});

test("what is no HTTP/2 makes steady reject", async () => {
	const server = await rawServer(({ socket }) => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"));
	const load = http2Load(server.target, { connections: 1, streams: 1 });
	await assert.rejects(load.steady, /http2 to 127.0.0.1:\d+ did not speak HTTP\/2/);
	const records = await load.finish({ timeoutMs: 20 });
	await server.close();
	assert.ok(records[0] && described(records[0]).startsWith("unanswered unparsable"));
});

test("GOAWAY: no new streams, those in flight are waited for, and a new connection at once", async () => {
	const requests: Http2Request[] = [];
	const server = await rawHttp2Server((request) => requests.push(request));
	const load = http2Load(server.target, { connections: 1, streams: 4 });
	await until(() => requests.length === 4);
	const [one, two] = requests as [Http2Request, Http2Request];
	one.socket.write(frames.goaway(two.stream));
	await until(() => requests.length === 8);
	assert.equal(load.connectionsEnded.length, 0);
	assert.ok(requests.slice(4).every(({ connection }) => connection === 1));
	for (const { socket, stream } of [one, two]) socket.write(head(stream, 200, { ends: true }));
	await until(() => load.connectionsEnded.length === 1);
	// The end of the old connection opens no third one.
	for (const { socket, stream } of requests.slice(4, 6)) socket.write(head(stream, 200, { ends: true }));
	await until(() => requests.length === 10);
	assert.equal(server.connections(), 2);
	const records = await load.finish({ timeoutMs: 20 });
	await server.close();
	const old = records.filter(({ connection }) => connection === 0);
	assert.deepEqual(old.map(described).sort(), [
		"answered 200",
		"answered 200",
		"turned-away goaway",
		"turned-away goaway",
	]);
	assert.equal(load.connectionsEnded[0]?.how, "by-client");
});

test("streams beyond the server's limit are not asked for, and a limit that grows is used", async () => {
	const requests: Http2Request[] = [];
	const server = await rawHttp2Server((request) => requests.push(request), frames.settings(2));
	const load = http2Load(server.target, { connections: 1, streams: 6 });
	// Six were sent before the limit was known.
	await until(() => requests.length === 6);
	const answer = ({ socket, stream }: Http2Request) => socket.write(head(stream, 200, { ends: true }));
	for (const request of requests.slice(0, 5)) answer(request);
	await until(() => requests.length === 7);
	requests[0]?.socket.write(frames.settings(4));
	await until(() => requests.length === 9);
	const finished = load.finish();
	for (const request of requests.slice(5)) answer(request);
	const records = await finished;
	await server.close();
	assert.equal(tally(records).answered, 9);
	assert.equal(records.length, 9);
});

test("a server that ends no connection is not waited for when nothing is in flight", async () => {
	let asked = 0;
	const server = await rawHttp2Server(({ socket, stream }) => {
		asked++;
		socket.removeAllListeners("end");
		socket.write(head(stream, 200, { ends: true }));
	});
	const load = http2Load(server.target, { connections: 2, streams: 1 });
	await load.steady;
	const records = await load.finish({ timeoutMs: 1_000_000 });
	await server.close();
	assert.equal(tally(records).answered, asked);
});
