import assert from "node:assert/strict";
import { test } from "node:test";
import { backToBack } from "#src/load/back-to-back.js";
import { inFlight } from "#src/load/in-flight.js";
import { pipelined } from "#src/load/pipelined.js";
import type { Endpoint } from "#src/load/running-load.js";
import { seededRandom } from "#src/load/seeded-random.js";
import { slowReader } from "#src/load/slow-reader.js";
import { upload } from "#src/load/upload.js";
import { tally } from "#src/record/outcome.js";
import { RawConnection } from "#src/wire/raw-connection.js";
import { rawSocketOpener } from "#src/wire/raw-socket.js";
import { requestHead } from "#src/wire/request-head.js";
import { httpServer } from "./support/http-server.ts";
import { rawServer } from "./support/raw-server.ts";
import { until } from "./support/until.ts";

async function closedPort(): Promise<Endpoint> {
	const server = await httpServer(() => {});
	await server.close();
	return server.target;
}

test("a refused port: steady rejects and every attempt is refused", async () => {
	const load = inFlight(await closedPort(), { connections: 3 });
	await assert.rejects(load.steady, /in-flight to 127.0.0.1:\d+ was refused \(ECONNREFUSED\)/);
	await until(() => load.refusedAttempts === 3);
	const records = await load.finish();
	assert.deepEqual([tally(records).refused, records.length], [3, 3]);
	assert.ok(records.every(({ error }) => error === "ECONNREFUSED"));
});

test("finish before steady: no record of what was not sent, and no wait without end", async () => {
	const server = await httpServer((_req, res) => res.end());
	const load = backToBack(server.target, { connections: 3 });
	const records = await load.finish();
	await server.close();
	assert.deepEqual(records, []);
	assert.deepEqual(server.ids, []);
	await assert.rejects(load.steady, /finished before it was steady/);
});

test("a load that repeats nothing can't be steady once a connection ended before its response began", async () => {
	const server = await rawServer(({ socket }) => socket.resetAndDestroy());
	const load = slowReader(server.target, { connections: 1 });
	await assert.rejects(load.steady, /ended too early \(ECONNRESET\)/);
	const records = await load.finish();
	await server.close();
	assert.equal(tally(records).reset, 1);
});

test("a TLS handshake that is never answered is refused at the time limit", async () => {
	const server = await rawServer(() => {});
	const error = await new Promise((resolve, reject) => {
		const open = rawSocketOpener({ ...server.target, tls: {} });
		const no = () => reject(new Error("It never opened."));
		const listener = { opened: no, responseBegan: no, settled: no, closed: no };
		new RawConnection(open, { ...listener, refused: resolve }, { number: 0, connectTimeoutMs: 20 });
	});
	await server.close();
	assert.equal(error, "ETIMEDOUT");
});

test("what can't be used is refused at once", () => {
	const target = { host: "127.0.0.1", port: 1 };
	assert.throws(() => backToBack(target, { connections: 0 }), RangeError);
	assert.throws(() => pipelined(target, { depth: 1.5 }), RangeError);
	assert.throws(() => upload(target, { bytes: 1 }), RangeError);
	assert.throws(() => backToBack({ ...target, path: "/a b" }), TypeError);
	assert.throws(() => backToBack({ ...target, method: "GET /" }), TypeError);
	assert.throws(() => backToBack({ ...target, headers: { "x-request-id": "1" } }), TypeError);
	assert.throws(() => backToBack({ ...target, headers: { "Content-Length": "1" } }), TypeError);
	assert.throws(() => backToBack({ ...target, headers: { x: "a\r\nb" } }), TypeError);
});

test("a request's head", () => {
	const plain = requestHead({ host: "::1", port: 8080 })("a-1");
	assert.equal(plain, "GET / HTTP/1.1\r\nhost: [::1]:8080\r\nx-request-id: a-1\r\n\r\n");
	const options = { host: "a.test", port: 443, tls: {}, method: "POST", path: "/x?y", headers: { A: "b" } };
	const post = requestHead(options, 5)("2");
	assert.equal(post, "POST /x?y HTTP/1.1\r\nhost: a.test\r\nA: b\r\ncontent-length: 5\r\nx-request-id: 2\r\n\r\n");
});

test("a seed draws the same numbers in [0, 1) again", () => {
	const draw = (seed: number) => Array.from({ length: 1000 }, seededRandom(seed));
	assert.deepEqual(draw(7), draw(7));
	assert.notDeepEqual(draw(7), draw(8));
	assert.ok(draw(7).every((number) => number >= 0 && number < 1));
	const mean = draw(7).reduce((sum, number) => sum + number) / 1000;
	assert.ok(mean > 0.45 && mean < 0.55);
});
