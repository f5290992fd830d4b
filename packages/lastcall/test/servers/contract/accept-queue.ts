import assert from "node:assert/strict";
import { once } from "node:events";
import { block } from "../../support/block-loop.ts";
import type { Kind } from "../../support/http-kinds.ts";
import { BareServer } from "../bare-server.ts";
import type { Client } from "../client.ts";
import { brief } from "../responses.ts";
import { rule } from "../rule.ts";
import { ServedServer } from "../served-server.ts";

/** Connections that the kernel has accepted and the program has not. */
export function acceptQueue(kind: Kind): void {
	rule("connections in the accept queue at the stop get their responses", async (t) => {
		const web = await ServedServer.open(t, kind);
		const { clients, accepted } = await fiftyConnect(web);
		assert.ok(accepted < clients.length, "the accept queue is empty: this test proves nothing");
		void web.service.stop();
		for (const [i, client] of clients.entries()) {
			await client.answered();
			assert.equal(client.responses[0]?.body.toString(), `answer to /${i}`);
		}
		await web.drained();
	});

	rule("an event loop that takes a second and a half to accept the queue loses none of its connections", async (t) => {
		const web = await ServedServer.open(t, kind);
		const { clients } = await fiftyConnect(web);
		web.server.on("connection", () => block(30));
		void web.service.stop();
		for (const client of clients) await client.answered();
		await web.drained();
	});

	rule("requests after a slow one wait until the listener is closed, on kept-alive connections as well", async (t) => {
		let isStopping = false;
		let early = 0;
		const handler = (): boolean => {
			if (web.server.listening && isStopping) early++;
			block(60);
			return false;
		};
		const web = await ServedServer.open(t, kind, { handler });
		const clients = await Promise.all(Array.from({ length: 8 }, () => web.idleConnection()));
		isStopping = true;
		void web.service.stop();
		// All requests are read in one turn.
		for (const client of clients) client.get("/next");
		for (const client of clients) await client.answered(2);
		assert.ok(early <= 1, `${early} were served meanwhile`);
		await web.drained();
	});

	rule("an endless flow of new connections does not keep the listener open", async (t) => {
		const web = await ServedServer.open(t, kind);
		const { port } = web;
		let coming = 0;
		const stream = setInterval(() => {
			coming++;
			web.dial({}, port).get("/new");
		}, 15);
		t.after(() => clearInterval(stream));
		await web.until(() => coming > 0);
		void web.service.stop();
		await web.listenerClosed();
		clearInterval(stream);
		// Some seven come. It would be 66 if the drain waited a second for a flood.
		assert.ok(coming < 40, `${coming} came`);
		await web.drained();
	});

	rule("connections in the accept queue that never send a request do not delay the drain", async (t) => {
		const web = await ServedServer.open(t, kind);
		const clients = Array.from({ length: 20 }, () => web.dial());
		await Promise.all(clients.map(({ socket }) => once(socket, "connect")));
		void web.service.stop();
		await web.drained();
	});

	rule("a client that connects after the listener is closed is refused", async (t) => {
		const web = await ServedServer.open(t, kind);
		const { port } = web;
		const client = await web.connect();
		client.get("/hold");
		const { response } = await web.handed("/hold");
		void web.service.stop();
		await web.listenerClosed();
		const late = web.dial({}, port);
		await late.closed;
		assert.equal(late.error, "ECONNREFUSED");
		response.end("late");
		await client.closed;
		assert.deepEqual(client.responses.map(brief), ['200 "late" close']);
		await web.drained();
	});

	rule("negative control: close() resets the connections in the accept queue", async (t) => {
		const bare = await BareServer.open(t, kind);
		const { clients } = await fiftyConnect(bare);
		bare.server.close();
		await Promise.all(clients.map((client) => Promise.race([client.closed, client.answered().catch(() => {})])));
		assert.ok(clients.filter(({ responses }) => responses.length === 0).length > 0);
	});
}

/** Connects fifty clients that send requests as soon as they can. libuv accepts one in each turn, so that most are in the queue now. */
async function fiftyConnect(bare: BareServer): Promise<{ clients: Client[]; accepted: number }> {
	let accepted = 0;
	bare.server.on("connection", () => accepted++);
	const clients = Array.from({ length: 50 }, () => bare.dial());
	for (const [i, client] of clients.entries()) client.get(`/${i}`);
	await Promise.all(clients.map(({ socket }) => once(socket, "connect")));
	return { clients, accepted };
}
