import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import { WebSocketServer } from "ws";
import { backToBack } from "#src/load/back-to-back.js";
import { http2Load } from "#src/load/http2.js";
import { inFlight } from "#src/load/in-flight.js";
import { slowReader } from "#src/load/slow-reader.js";
import { upload } from "#src/load/upload.js";
import { webSocket } from "#src/load/web-socket.js";
import { tally } from "#src/record/outcome.js";
import { certificate } from "./support/certificate.ts";
import { sortedIds } from "./support/http-server.ts";
import { rawServer } from "./support/raw-server.ts";
import { until } from "./support/until.ts";

async function httpsServer(bodyBytes: number) {
	const ids: string[] = [];
	const server = createServer({ key: certificate.private, cert: certificate.cert }, (req, res) => {
		ids.push(String(req.headers["x-request-id"]));
		req.resume().on("end", () => res.end(Buffer.alloc(bodyBytes)));
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const target = { host: "127.0.0.1", port: (server.address() as AddressInfo).port, tls: { ca: certificate.cert } };
	const close = async () => {
		server.close();
		await once(server, "close");
	};
	return { server, target, ids, close };
}

test("back to back over TLS", async () => {
	const server = await httpsServer(2);
	const load = backToBack(server.target);
	await load.steady;
	await until(() => server.ids.length >= 500);
	const records = await load.finish();
	await server.close();
	assert.equal(tally(records).answered, records.length);
	assert.deepEqual(sortedIds(records), server.ids.sort());
});

test("reading slowly and uploading over TLS", async () => {
	const server = await httpsServer(200_000);
	const reader = slowReader(server.target, { connections: 4, bytesPerRead: 10_000, everyMs: 1, expectBytes: 200_000 });
	const uploader = upload(server.target, { connections: 4, bytes: 100_000, everyMs: 1, early: true });
	await Promise.all([reader.steady, uploader.steady]);
	const records = (await Promise.all([reader.finish(), uploader.finish()])).flat();
	await server.close();
	assert.equal(tally(records).answered, records.length);
	assert.deepEqual(sortedIds(records), server.ids.sort());
});

test("a certificate is checked unless it was said not to", async () => {
	const server = await httpsServer(2);
	const distrusting = inFlight({ ...server.target, tls: {} }, { connections: 1 });
	await assert.rejects(distrusting.steady, /refused \(DEPTH_ZERO_SELF_SIGNED_CERT\)/);
	const refused = await distrusting.finish();
	const insecure = inFlight({ ...server.target, tls: { insecure: true } }, { connections: 1 });
	await insecure.steady;
	const answered = await insecure.finish();
	await server.close();
	assert.deepEqual([tally(refused).refused, tally(answered).answered], [1, 1]);
});

test("a reset during the handshake is refused, not lost", async () => {
	const server = await rawServer(() => {});
	server.onConnection((socket) => socket.once("data", () => socket.resetAndDestroy()));
	const load = inFlight({ ...server.target, tls: { insecure: true } }, { connections: 3 });
	await assert.rejects(load.steady, /refused \(ECONNRESET\)/);
	await until(() => load.refusedAttempts === 3);
	const records = await load.finish();
	await server.close();
	assert.deepEqual([tally(records).refused, tally(records).lost], [3, 0]);
});

test("WebSockets over TLS", async () => {
	const server = await httpsServer(2);
	const sockets = new WebSocketServer({ server: server.server });
	sockets.on("connection", (socket) => socket.on("message", (message) => socket.send(message)));
	const load = webSocket(server.target, { message: "ping" });
	await load.steady;
	const finished = load.finish();
	for (const socket of sockets.clients) socket.close(1001);
	const records = await finished;
	await server.close();
	assert.equal(tally(records).answered, records.length);
	assert.equal(records.filter(({ status }) => status === 1001).length, 16);
});

test("the server gets the name that it is asked for, but no address", async () => {
	const hellos: string[] = [];
	const server = await rawServer(() => {});
	server.onConnection((socket) => socket.once("data", (bytes) => hellos.push(bytes.toString("latin1"))));
	for (const host of ["localhost", "127.0.0.1"]) {
		const load = inFlight({ ...server.target, host, tls: { insecure: true } }, { connections: 1 });
		await until(() => hellos.length > 0);
		await load.finish();
		assert.equal(hellos.pop()?.includes(host), host === "localhost");
	}
	await server.close();
});

test("a server that doesn't agree to h2 is refused", async () => {
	const server = await httpsServer(2);
	const load = http2Load(server.target, { connections: 1 });
	await assert.rejects(load.steady, /was refused/);
	await load.finish();
	await server.close();
	const silent = createTlsServer({ key: certificate.private, cert: certificate.cert }, (socket) => socket.resume());
	silent.listen(0, "127.0.0.1");
	await once(silent, "listening");
	const target = { ...server.target, port: (silent.address() as AddressInfo).port };
	const load2 = http2Load(target, { connections: 1 });
	await assert.rejects(load2.steady, /refused \(ERR_HTTP2_NOT_AGREED\)/);
	await load2.finish();
	silent.close();
	await once(silent, "close");
});
