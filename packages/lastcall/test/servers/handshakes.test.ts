import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerOptions } from "node:http";
import { createServer } from "node:https";
import { connect, type Socket } from "node:net";
import { describe } from "node:test";
import { createSecureContext, type SecureContext } from "node:tls";
import { certificate } from "../support/certificate.ts";
import { host, https, type Kind } from "../support/http-kinds.ts";
import { Client } from "./client.ts";
import { brief } from "./responses.ts";
import { rule } from "./rule.ts";
import { LINGER_MS, ServedServer } from "./served-server.ts";

type Finish = (error: Error | null, context?: SecureContext) => void;

/** A kind of server whose side of each handshake waits for the test. */
function slowHandshakes(): { kind: Kind; waiting: Finish[]; finish: () => void } {
	const waiting: Finish[] = [];
	const kind: Kind = {
		...https,
		createServer: (options: ServerOptions, handler) =>
			createServer({ ...options, ...certificate, SNICallback: (_, finish) => void waiting.push(finish) }, handler),
	};
	const finish = (): void => {
		for (const done of waiting.splice(0)) done(null, createSecureContext(certificate));
	};
	return { kind, waiting, finish };
}

void describe("https: TLS handshakes", () => {
	rule(
		"a handshake in progress at the stop that ends after the listener is closed can still send its request",
		async (t) => {
			const { kind, waiting, finish } = slowHandshakes();
			const web = await ServedServer.open(t, kind);
			const client = web.dial();
			await web.until(() => waiting.length > 0);
			void web.service.stop();
			await web.listenerClosed();
			client.get("/late");
			finish();
			await client.closed;
			assert.deepEqual(client.responses.map(brief), ['200 "answer to /late" close']);
			await web.drained();
		},
	);

	rule("a handshake that ends while the accept queue is emptied can still send its request", async (t) => {
		const { kind, waiting, finish } = slowHandshakes();
		const web = await ServedServer.open(t, kind);
		const client = web.dial();
		await web.until(() => waiting.length > 0);
		void web.service.stop();
		client.get("/late");
		finish();
		await client.closed;
		assert.deepEqual(client.responses.map(brief), ['200 "answer to /late" close']);
		await web.drained();
	});

	rule("a handshake that ends after the listener is closed, without a request, does not delay the drain", async (t) => {
		const { kind, waiting, finish } = slowHandshakes();
		const web = await ServedServer.open(t, kind);
		web.dial({ stubborn: true });
		await web.until(() => waiting.length > 0);
		void web.service.stop();
		await web.listenerClosed();
		finish();
		await web.drained();
	});

	rule("a handshake that never ends does not delay the drain, and lingers before it is ended", async (t) => {
		const { kind, waiting } = slowHandshakes();
		const web = await ServedServer.open(t, kind);
		const client = web.dial();
		await web.until(() => waiting.length > 0);
		void web.service.stop();
		const { durationMs } = await web.drained();
		assert.ok(durationMs >= LINGER_MS);
		await client.closed;
	});

	rule("a handshake that drips in does not delay the drain", async (t) => {
		const web = await ServedServer.open(t, https);
		const client = new Client(connect({ host, port: web.port, allowHalfOpen: true }));
		await once(web.server, "connection");
		// The head of a TLS record with a ClientHello of 512 bytes.
		await client.write(Buffer.from([22, 3, 1, 2, 0, 1]));
		const drip = setInterval(() => void client.write(Buffer.alloc(1)), 20);
		t.after(() => {
			clearInterval(drip);
			client.socket.destroy();
		});
		void web.service.stop();
		await web.drained();
		await client.closed;
	});

	rule("a connection without a handshake does not delay the drain", async (t) => {
		const web = await ServedServer.open(t, https);
		const client = new Client(connect({ host, port: web.port, allowHalfOpen: true }));
		t.after(() => client.socket.destroy());
		await once(web.server, "connection");
		void web.service.stop();
		await web.drained();
		await client.closed;
	});

	rule("a handshake that never ends is dropped at the hard stop", async (t) => {
		const { kind, waiting } = slowHandshakes();
		const web = await ServedServer.open(t, kind);
		const client = web.dial();
		await web.until(() => waiting.length > 0);
		await web.service.stopNow();
		await client.closed;
	});

	rule("a handshake that failed does not delay the drain", async (t) => {
		const web = await ServedServer.open(t, https);
		const sockets: Socket[] = [];
		web.server.on("connection", (socket: Socket) => sockets.push(socket));
		const client = new Client(connect({ host, port: web.port, allowHalfOpen: true }));
		t.after(() => client.socket.destroy());
		await web.until(() => sockets.length > 0);
		void web.service.stop();
		await web.listenerClosed();
		await client.write("GET / HTTP/1.1\r\nHost: plain\r\n\r\n");
		await client.closed;
		await web.drained();
		assert.deepEqual(web.executed, []);
	});
});
