import assert from "node:assert/strict";
import { test } from "node:test";
import { isLost, type Outcome, tally } from "#src/record/outcome.js";
import { type ExchangeOptions, exchange, outcomes } from "./support/exchange.ts";
import { answer, type RawRequest, rawServer } from "./support/raw-server.ts";

const half = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello";
const untilFin = "HTTP/1.1 200 OK\r\n\r\nhello";
const chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n";

/** What a server does with a request, and the outcome that must be seen. */
const cases: [name: string, act: (request: RawRequest) => void, expected: string, options?: ExchangeOptions][] = [
	["content-length", ({ socket }) => socket.write(answer("hello")), "answered"],
	["an empty answer", ({ socket }) => socket.write(answer("")), "answered"],
	["chunked", ({ socket }) => socket.write(`${chunked}0\r\n\r\n`), "answered"],
	["chunked with trailers", ({ socket }) => socket.write(`${chunked}0\r\nx: y\r\n\r\n`), "answered"],
	["ended by FIN", ({ socket }) => socket.end(untilFin), "answered"],
	["500", ({ socket }) => socket.write("HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n"), "answered"],
	["204", ({ socket }) => socket.write("HTTP/1.1 204 No Content\r\n\r\n"), "answered"],
	["304 with a length", ({ socket }) => socket.write("HTTP/1.1 304 No\r\ncontent-length: 9\r\n\r\n"), "answered"],
	[
		"HEAD",
		({ socket }) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n"),
		"answered",
		{ method: "HEAD" },
	],
	["100 and 103 first", ({ socket }) => socket.write(`${interim(100)}${interim(103)}${answer("x")}`), "answered"],
	["the expected length", ({ socket }) => socket.end(untilFin), "answered", { expectBytes: 5 }],
	["503", ({ socket }) => socket.write("HTTP/1.1 503 No\r\ncontent-length: 2\r\n\r\nno"), "turned-away"],
	["429", ({ socket }) => socket.write("HTTP/1.1 429 No\r\ncontent-length: 0\r\n\r\n"), "turned-away"],
	["502, a gateway's", ({ socket }) => socket.write("HTTP/1.1 502 No\r\ncontent-length: 0\r\n\r\n"), "unanswered"],
	["504, a gateway's", ({ socket }) => socket.write("HTTP/1.1 504 No\r\ncontent-length: 0\r\n\r\n"), "unanswered"],
	["a 503 of another length", ({ socket }) => socket.write(unavailable), "turned-away", { expectBytes: 5 }],
	["RST without a byte", ({ socket }) => socket.resetAndDestroy(), "reset"],
	["RST after a 100", ({ socket }) => thenReset(socket, interim(100)), "reset (after-interim)"],
	["half a body, then FIN", ({ socket }) => socket.end(half), "cut"],
	["half a body, then RST", ({ socket }) => thenReset(socket, half), "cut"],
	["half a chunked body, then FIN", ({ socket }) => socket.end(chunked), "cut"],
	["a body ended by RST", ({ socket }) => thenReset(socket, untilFin), "cut"],
	["half a status line, then FIN", ({ socket }) => socket.end("HTT"), "cut"],
	["half a head, then FIN", ({ socket }) => socket.end("HTTP/1.1 200 OK\r\ncont"), "cut"],
	["half a 503, then FIN", ({ socket }) => socket.end(unavailable.slice(0, -1)), "cut"],
	["no HTTP", ({ socket }) => socket.write("SSH-2.0-OpenSSH\r\n"), "cut (unparsable)"],
	["a body of another length", ({ socket }) => socket.end(untilFin), "cut (body-size)", { expectBytes: 6 }],
	["FIN without a byte", ({ socket }) => socket.end(), "unanswered"],
	["FIN after a 100", ({ socket }) => socket.end(interim(100)), "unanswered (after-interim)"],
];

const unavailable = "HTTP/1.1 503 No\r\ncontent-length: 2\r\n\r\nno";

function interim(status: number): string {
	return `HTTP/1.1 ${status} Hm\r\n\r\n`;
}

/** Resets once the client has taken what was written: its next byte, half a request, says so. */
function thenReset(socket: RawRequest["socket"], text: string): void {
	socket.write(text, () => setImmediate(() => socket.resetAndDestroy()));
}

for (const [name, act, expected, options] of cases) {
	test(`${name}: ${expected}`, async () => {
		const server = await rawServer(act);
		const result = await exchange(server.target, options);
		await server.close();
		assert.deepEqual(outcomes(result), [expected]);
	});
}

test("a response in single bytes is one response", async () => {
	const text = `${interim(100)}${chunked}0\r\n\r\n${answer("hello", "connection: close")}`;
	const server = await rawServer(({ socket, index }) => {
		if (index === 1) for (const byte of text) socket.write(byte);
	});
	const result = await exchange(server.target, { count: 2, slow: { bytesPerRead: 1, everyMs: 0 } });
	await server.close();
	assert.deepEqual(outcomes(result), ["answered", "answered"]);
	assert.equal(result.end.how, "by-client");
});

test("records say what is known", async () => {
	const server = await rawServer(({ socket, index }) => {
		if (index === 0) socket.write(answer("x"));
		else socket.resetAndDestroy();
	});
	const { records, end } = await exchange(server.target, {
		settled: (connection, { outcome }) => {
			if (outcome === "answered") connection.send([{ id: "second", head: "GET / HTTP/1.1\r\nhost: x\r\n\r\n" }]);
		},
	});
	await server.close();
	const [first, second] = records;
	assert.equal(first?.status, 200);
	assert.equal(first?.error, undefined);
	assert.equal(second?.id, "second");
	assert.equal(second?.status, undefined);
	assert.equal(second?.error, "ECONNRESET");
	assert.ok(first && second && first.sentAtMs <= first.endedAtMs && first.endedAtMs <= second.sentAtMs);
	assert.equal(end.how, "reset");
});

test("lost is reset, cut and unanswered, and a tally counts", () => {
	const all: Outcome[] = ["answered", "refused", "turned-away", "reset", "cut", "unanswered"];
	assert.deepEqual(all.filter(isLost), ["reset", "cut", "unanswered"]);
	const records = all.flatMap((outcome, index) =>
		Array.from({ length: index + 1 }, () => ({ id: "", connection: 0, nth: 0, sentAtMs: 0, endedAtMs: 0, outcome })),
	);
	const counts = { answered: 1, refused: 2, "turned-away": 3, reset: 4, cut: 5, unanswered: 6 };
	assert.deepEqual(tally(records), { total: 21, lost: 15, behindClose: 0, ...counts });
});
