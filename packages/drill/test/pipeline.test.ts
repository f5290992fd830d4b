import assert from "node:assert/strict";
import { test } from "node:test";
import { type RequestRecord, tally } from "#src/record/outcome.js";
import { RawConnection } from "#src/wire/raw-connection.js";
import { type OpenRawSocket, rawSocketOpener } from "#src/wire/raw-socket.js";
import { exchange, outcomes } from "./support/exchange.ts";
import { answer, type RawRequest, rawServer } from "./support/raw-server.ts";

/** Lets `act` decide once the last of four pipelined requests has arrived. */
async function four(act: (socket: RawRequest["socket"]) => void) {
	const server = await rawServer(({ socket, index }) => {
		if (index === 3) act(socket);
	});
	const result = await exchange(server.target, { count: 4 });
	await server.close();
	return result;
}

const close = answer("two", "Connection: close");

test("after a response that says close, the rest is turned away", async () => {
	const result = await four((socket) => socket.end(answer("one") + close));
	const behind = "turned-away (behind-close)";
	assert.deepEqual(outcomes(result), ["answered", "answered", behind, behind]);
	const counts = tally(result.records);
	assert.deepEqual([counts.answered, counts["turned-away"], counts.behindClose, counts.lost], [2, 2, 2, 0]);
});

test("without the word close, the rest is unanswered", async () => {
	const result = await four((socket) => socket.end(answer("one") + answer("two", "x-connection: close")));
	assert.deepEqual(outcomes(result), ["answered", "answered", "unanswered", "unanswered"]);
});

test("one that is answered although it is behind a close is answered", async () => {
	const result = await four((socket) => socket.end(close + answer("two")));
	const behind = "turned-away (behind-close)";
	assert.deepEqual(outcomes(result), ["answered", "answered", behind, behind]);
});

test("an HTTP/1.0 answer says close unless it says keep-alive", async () => {
	const old = answer("x").replace("1.1", "1.0");
	const behind = "turned-away (behind-close)";
	assert.deepEqual(outcomes(await four((socket) => socket.end(old))), ["answered", behind, behind, behind]);
	const kept = answer("x", "connection: Keep-Alive").replace("1.1", "1.0");
	const lost = "unanswered";
	assert.deepEqual(outcomes(await four((socket) => socket.end(kept))), ["answered", lost, lost, lost]);
	const lengthless = "HTTP/1.0 200 OK\r\nconnection: keep-alive\r\n\r\nbody";
	assert.deepEqual(outcomes(await four((socket) => socket.end(lengthless))), ["answered", lost, lost, lost]);
});

test("a response ended by FIN promises nothing to the requests after it", async () => {
	const result = await four((socket) => socket.end("HTTP/1.1 200 OK\r\n\r\nbody"));
	assert.deepEqual(outcomes(result), ["answered", "unanswered", "unanswered", "unanswered"]);
});

test("a 1xx belongs to the one it came for", async () => {
	const result = await four((socket) =>
		socket.end(`HTTP/1.1 103 Hints\r\n\r\n${answer("one")}HTTP/1.1 102 Hm\r\n\r\n`),
	);
	assert.deepEqual(outcomes(result), ["answered", "unanswered (after-interim)", "unanswered", "unanswered"]);
});

test("a read larger than any head may be is no error", async () => {
	const server = await rawServer(() => {});
	const openSocket = rawSocketOpener(server.target);
	const large = Buffer.from(answer("x".repeat(200_000)) + answer("two"));
	const records = await new Promise<RequestRecord[]>((resolve, reject) => {
		const all: RequestRecord[] = [];
		let receive: (bytes: Buffer) => void = reject;
		const open: OpenRawSocket = (listener, options) => {
			receive = (bytes) => listener.received(bytes, bytes.length);
			return openSocket(listener, options);
		};
		const opened = () => {
			const head = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
			connection.send([
				{ id: "1", head },
				{ id: "2", head },
			]);
			receive(large.subarray(0, -20));
			receive(large.subarray(-20));
			connection.close();
		};
		const settled = (record: RequestRecord) => all.push(record);
		const listener = { opened, settled, responseBegan: () => {}, refused: reject, closed: () => resolve(all) };
		const connection = new RawConnection(open, listener, { number: 0 });
	});
	await server.close();
	assert.deepEqual(
		records.map(({ outcome }) => outcome),
		["answered", "answered"],
	);
});

test("half a response is cut, and only the first one", async () => {
	const result = await four((socket) => socket.end(answer("one") + answer("two").slice(0, -1)));
	assert.deepEqual(outcomes(result), ["answered", "cut", "unanswered", "unanswered"]);
});

test("a response that says close and is cut has turned away the requests after it", async () => {
	const result = await four((socket) => socket.end(close.slice(0, -1)));
	const behind = "turned-away (behind-close)";
	assert.deepEqual(outcomes(result), ["cut", behind, behind, behind]);
});

test("where it is no HTTP, the one it was for is cut and the rest unanswered", async () => {
	const result = await four((socket) => socket.write(`${answer("one")}what?\r\n`));
	const rest = "unanswered (unparsable)";
	assert.deepEqual(outcomes(result), ["answered", "cut (unparsable)", rest, rest]);
});

test("after a close answer the client ends first, and takes no more requests", async () => {
	const ended: string[] = [];
	const server = await rawServer(({ socket }) => {
		socket.on("end", () => ended.push("client"));
		socket.write(close);
	});
	const { records, end } = await exchange(server.target, {
		settled: (connection) => {
			assert.equal(connection.usable, false);
			assert.throws(() => connection.send([]), /takes no more requests/);
		},
	});
	await server.close();
	assert.equal(records.length, 1);
	assert.equal(end.how, "by-client");
});

test("a response that no request asked for is no record and closes the connection", async () => {
	const server = await rawServer(({ socket }) => socket.write(answer("one") + answer("two")));
	const { records, end } = await exchange(server.target, { settled: () => {} });
	await server.close();
	assert.equal(records.length, 1);
	assert.equal(end.unaskedStatus, 200);
	assert.equal(end.how, "by-client");
});
