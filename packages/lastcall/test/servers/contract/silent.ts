import assert from "node:assert/strict";
import type { Kind } from "../../support/http-kinds.ts";
import type { Client } from "../client.ts";
import { rule } from "../rule.ts";
import { ServedServer, stages } from "../served-server.ts";

/** Connections without a complete request can't delay the drain, and nothing of theirs is executed. */
export function silent(kind: Kind): void {
	rule("connections without any request are ended, also where the client never closes its side", async (t) => {
		const web = await ServedServer.open(t, kind);
		const clients = [await web.connect(), await web.connect({ stubborn: true })];
		void web.service.stop();
		await web.drained();
		await clients[0]?.closed;
	});

	rule("connections with half a head from before the stop are ended, with 408 on a new connection", async (t) => {
		const web = await ServedServer.open(t, kind);
		const [fresh, used] = [await web.connect(), await web.idleConnection()];
		for (const client of [fresh, used]) await client.write("GET /never HTTP/1.1\r\nHost: loc");
		void web.service.stop();
		await web.drained();
		await Promise.all([fresh.closed, used.closed]);
		assert.deepEqual(
			fresh.responses.map(({ status }) => status),
			[408],
		);
		assert.deepEqual(web.executed, []);
	});

	rule("connections that send half a head in the linger are ended, with 408", async (t) => {
		const web = await ServedServer.open(t, kind);
		const [fresh, used] = [await web.connect(), await web.idleConnection()];
		void web.service.stop();
		await web.listenerClosed();
		for (const client of [fresh, used]) await client.write("GET /never HTTP/1.1\r\nHost: loc");
		await web.drained();
		await Promise.all([fresh.closed, used.closed]);
		assert.deepEqual(
			[fresh, used].map(({ responses }) => responses.at(-1)?.status),
			[408, 408],
		);
		assert.deepEqual(web.executed, []);
	});

	rule("a request whose head is completed within the linger is answered", async (t) => {
		const web = await ServedServer.open(t, kind);
		const [fresh, used] = [await web.connect(), await web.idleConnection()];
		for (const client of [fresh, used]) await client.write("GET /whole HTTP/1.1\r\nHost: loc");
		void web.service.stop();
		await web.listenerClosed();
		for (const client of [fresh, used]) await client.write("alhost\r\n\r\n");
		await Promise.all([fresh.closed, used.closed]);
		for (const { responses } of [fresh, used]) assert.equal(responses.at(-1)?.body.toString(), "answer to /whole");
		await web.drained();
	});

	for (const { when, begin } of stages) {
		rule(`a head that comes byte by byte, begun ${when}, does not delay the drain`, async (t) => {
			const web = await ServedServer.open(t, kind);
			const [fresh, used] = [await web.connect(), await web.idleConnection()];
			await begin(web);
			for (const client of [fresh, used]) drip(client);
			await web.drained();
			await Promise.all([fresh.closed, used.closed]);
			for (const { responses } of [fresh, used]) assert.ok([undefined, 200, 408].includes(responses.at(-1)?.status));
			assert.deepEqual(web.executed, []);
		});
	}

	rule("a head that comes byte by byte, begun before the stop, does not delay the drain", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.connect();
		drip(client);
		void web.service.stop();
		await web.drained();
		await client.closed;
		assert.deepEqual(web.executed, []);
	});
}

/** Sends the head of a request, a byte every 20 ms, for longer than any linger here. */
function drip(client: Client): void {
	const head = Buffer.from(`GET /never HTTP/1.1\r\nX-Padding: ${"x".repeat(100)}\r\n\r\n`);
	let at = 0;
	const interval = setInterval(() => {
		void client.write(head.subarray(at, ++at));
		if (at === head.length) clearInterval(interval);
	}, 20);
	void client.closed.then(() => clearInterval(interval));
}
