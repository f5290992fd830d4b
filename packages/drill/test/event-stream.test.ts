import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { eventStream } from "#src/load/event-stream.js";
import { type RequestRecord, tally } from "#src/record/outcome.js";
import { httpServer, sortedIds } from "./support/http-server.ts";
import { rawServer } from "./support/raw-server.ts";
import { until } from "./support/until.ts";

/** The rest of a head, of a body in chunks. */
const STREAM = "content-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

/** What became of one stream with this body, which the server ends whole. */
async function judged(body: string, answerHead = "200 OK"): Promise<string> {
	const server = await rawServer(({ socket }) => {
		socket.write(`HTTP/1.1 ${answerHead}\r\n${STREAM}`);
		// Byte by byte, so that a line end may be spread over two pieces.
		for (const byte of Buffer.from(body)) socket.write(Buffer.from([0x31, 0x0d, 0x0a, byte, 0x0d, 0x0a]));
		socket.write("0\r\n\r\n");
	});
	const load = eventStream(server.target, { connections: 1 });
	await load.steady;
	const [first] = await load.finish();
	await server.close();
	return first?.detail ? `${first.outcome} (${first.detail})` : String(first?.outcome);
}

const whole = ["", "\n", "data: 1\n\n", "data: 1\r\n\r\n", "data: 1\r\r", "data: 1\n\r", "data: 1\r\n\n", "a\n\n\n"];
const comments = [":\n", ": hm\r\n", "data: 1\n\n: still here\n"];
const retries = ["retry: 9\n", "retry\r\n", "data: 1\n\nretry: 9\n"];
const broken = [
	"d",
	"data: 1",
	"data: 1\n",
	"data: 1\r\n",
	"data: 1\r",
	"data: 1\n\nid: 2",
	"data: 1\n:hm\n",
	": h",
	"data: 1\nretry: 9\n",
	"retry: 9",
	"retrying\n",
];

for (const body of [...whole, ...comments, ...retries])
	test(`${JSON.stringify(body)} is answered`, async () => assert.equal(await judged(body), "answered"));
for (const body of broken)
	test(`${JSON.stringify(body)} is cut in an event`, async () => assert.equal(await judged(body), "cut (mid-event)"));

for (const [events, outcome] of [
	[2, "answered"],
	[3, "cut (few-events)"],
] as const) {
	test(`two events where there should be ${events}: ${outcome}`, async () => {
		const server = await httpServer((req, res) => {
			assert.deepEqual([req.method, req.headers.accept], ["POST", "text/event-stream"]);
			res.writeHead(200, { "content-type": "text/event-stream" });
			res.end(": a comment is no event\n\ndata: 1\n\ndata: 2\ndata: 2\n\nretry: 100\n");
		});
		const load = eventStream(server.target, { connections: 1, events });
		await load.steady;
		const [first] = await load.finish();
		await server.close();
		assert.equal(first?.detail ? `${first.outcome} (${first.detail})` : first?.outcome, outcome);
	});
}

/** What became of the streams of a load whose first ones have these bodies, a connection each, and the later ones `later`. */
async function learned(first: readonly string[], later: string): Promise<string[]> {
	let isLater = false;
	const asked: number[] = [];
	const server = await rawServer(({ socket, connection, index }) => {
		const body = isLater ? later : (first[connection] ?? "");
		asked.push(connection);
		socket.write(`HTTP/1.1 200 OK\r\n${STREAM}${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`);
		isLater ||= index > 3 && asked.length > 3 * first.length;
	});
	const load = eventStream({ ...server.target, method: "POST" }, { connections: first.length });
	try {
		await load.steady;
		await until(() => isLater);
		const before = load.tally.total;
		await until(() => load.tally.total > before + 2 * first.length);
	} finally {
		await load.finish();
		await server.close();
	}
	const records = await load.finish();
	const told = records.map(({ outcome, detail }) => (detail ? `${outcome} (${detail})` : outcome));
	return [...new Set(told)];
}

for (const [what, first, later, outcomes] of [
	["with the same data", ["data: 1\n\ndata: [DONE]\n\n", "data: 2\n\ndata: [DONE]\n\n"], "data: 3\n\n", true],
	[
		"with the same name",
		["data: 1\n\nevent: end\ndata: 1\n\n", "data: 1\n\nevent: end\ndata: 2\n\n"],
		"data: 1\n\n",
		true,
	],
	["alike, of a single connection", ["data: 1\n\ndata: 2\n\n"], "data: 1\n\n", true],
	["and go on to", ["data: 1\n\ndata: [DONE]\n\n"], "data: 7\n\ndata: [DONE]\n\n", false],
] as const) {
	test(`of streams that are not asked for again, the first ones say what a whole one is: they end ${what}`, async () => {
		assert.deepEqual(await learned(first, later), outcomes ? ["answered", "cut (early-end)"] : ["answered"]);
	});
}

test("streams that are not asked for again and end with nothing in common can't be judged: the load says so", async () => {
	const bodies = ["data: 1\n\ndata: 2\n\n", "data: 1\n\ndata: 3\n\n"];
	await assert.rejects(learned(bodies, ""), /had event streams that end with nothing in common.*until=… .*events=…/);
	await assert.rejects(learned(["data: tick\n\ndata: tick\n\n"], ""), /with nothing in common/);
});

for (const [end, outcome] of [
	["data: [DONE]\n\n: a comment is no event\n", "answered"],
	["event: [DONE]\ndata: {}\n\n", "answered"],
	["data: [DONE]\n\ndata: more\n\n", "cut (early-end)"],
	["", "cut (early-end)"],
] as const) {
	test(`until=[DONE], and ${JSON.stringify(end)} at the end: ${outcome}`, async () => {
		const server = await httpServer((req, res) => {
			assert.equal(req.method, "POST");
			res.writeHead(200, { "content-type": "text/event-stream" }).end(`data: 1\n\n${end}`);
		});
		const load = eventStream(server.target, { connections: 1, until: "[DONE]" });
		await load.steady;
		const [first] = await load.finish();
		await server.close();
		assert.equal(first?.detail ? `${first.outcome} (${first.detail})` : first?.outcome, outcome);
	});
}

test("a response of another type makes no load of event streams, and is not judged as one", async () => {
	const server = await httpServer((_req, res) => void res.writeHead(200, { "content-type": "text/plain" }).end("ok"));
	const load = eventStream(server.target, { connections: 1 });
	await assert.rejects(load.steady, /got no event stream \(content-type: text\/plain\)/);
	const records = await load.finish();
	await server.close();
	assert.deepEqual([...new Set(records.map(({ outcome }) => outcome))], ["answered"]);
});

test("what is no event stream is not judged as one", async () => {
	assert.equal(await judged("no such path", "404 Not Found"), "answered");
	assert.equal(await judged("not now", "503 Service Unavailable"), "turned-away");
});

test("whole events and no end of the message: cut, by FIN, by RST and at the time limit", async () => {
	const server = await rawServer(({ socket, connection }) => {
		socket.write(`HTTP/1.1 200 OK\r\n${STREAM}9\r\ndata: 1\n\n\r\n`, () => {
			if (connection === 0) socket.end();
			if (connection === 1) setImmediate(() => socket.resetAndDestroy());
		});
	});
	const load = eventStream(server.target, { connections: 3 });
	await load.steady;
	await until(() => load.connectionsEnded.length >= 2);
	const records = await load.finish({ timeoutMs: 50 });
	await server.close();
	const first = (number: number) => records.find(({ connection }) => connection === number);
	assert.deepEqual([first(0)?.outcome, first(0)?.error], ["cut", undefined]);
	assert.deepEqual([first(1)?.outcome, first(1)?.error], ["cut", "ECONNRESET"]);
	assert.deepEqual([first(2)?.outcome, first(2)?.detail], ["cut", "time-limit"]);
	assert.ok(records.every(({ status }) => status === 200));
});

test("at the end of a load that lets streams stay open, only those are lost that are in an event or no answer at all", async () => {
	const begun: number[] = [];
	const bodies = ["9\r\ndata: 1\n\n\r\n", "7\r\ndata: 1\r\n", ""];
	const server = await rawServer(({ socket, connection }) => {
		const status = connection === 2 ? "500 No" : "200 OK";
		socket.write(`HTTP/1.1 ${status}\r\n${STREAM}${bodies[connection]}`, () => begun.push(connection));
	});
	const load = eventStream(server.target, { connections: 3 });
	// A 500 whose body never ends is not steady.
	await until(() => begun.length === 3);
	const records = await load.finish({ timeoutMs: 50, mayStayOpen: true });
	await server.close();
	const told = records.map(({ connection, outcome, detail }) => `${connection} ${outcome} ${detail}`);
	assert.deepEqual(told.sort(), ["0 answered still-open", "1 cut time-limit", "2 cut time-limit"]);
});

test("asks for an event stream, is steady with the heads, and finish waits for the ends", async () => {
	const streams: ServerResponse[] = [];
	const server = await httpServer((req, res) => {
		assert.equal(req.headers.accept, "text/event-stream");
		streams.push(res);
		res.writeHead(200, { "content-type": "text/event-stream" }).write("data: 1\n\n");
	});
	const load = eventStream(server.target);
	await load.steady;
	assert.equal(streams.length, 16);
	const finished = load.finish();
	for (const res of streams) res.end("data: bye\n\n");
	const records = await finished;
	await server.close();
	assert.equal(tally(records).answered, 16);
	assert.deepEqual(sortedIds(records), server.ids.sort());
});

for (const [how, headers] of [
	["its connection", {}],
	["a new connection", { connection: "close" }],
] as const) {
	test(`a stream that ended is opened again on ${how}, after the time that it said`, async () => {
		const server = await httpServer((req, res) => {
			assert.equal(req.headers.accept, "*/*");
			res.writeHead(200, { "content-type": "text/event-stream", ...headers });
			// A retry holds until another one comes.
			res.end(server.ids.length === 2 ? "retry: 60\ndata: 1\n\n" : "data: 1\n\n");
		});
		const load = eventStream({ ...server.target, headers: { Accept: "*/*" } }, { connections: 1 });
		await until(() => server.ids.length >= 4);
		const records = await load.finish();
		await server.close();
		assert.equal(server.sockets.length, how === "its connection" ? 1 : 4);
		const pauses = pausesBetween(records);
		// A timer may be a millisecond early.
		assert.ok(pauses.every((pause, index) => pause >= (index === 0 ? 19 : 59)));
	});
}

function pausesBetween(records: readonly RequestRecord[]): number[] {
	return records.slice(1).map(({ sentAtMs }, index) => sentAtMs - (records[index]?.endedAtMs ?? Number.NaN));
}
