import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TestContext } from "node:test";
import type { Kind } from "../../support/http-kinds.ts";
import { BareServer } from "../bare-server.ts";
import type { Client } from "../client.ts";
import { brief } from "../responses.ts";
import { rule } from "../rule.ts";
import { ServedServer, stages } from "../served-server.ts";

const piece = Buffer.alloc(1_000_000, "x");
const lengthLine = `Content-Length: ${5 * piece.length}`;

/** Responses that are sent before the end of the request's body, to a client that reads only after it has written everything. */
export function uploads(kind: Kind): void {
	rule("an early response before the stop reaches a client that has yet to send its upload", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await halfUpload(web);
		await answer(web, "early");
		void web.service.stop();
		await web.listenerClosed();
		await otherHalf(client);
		await client.answered();
		assert.deepEqual(client.responses.map(brief), ['200 "early" keep-alive']);
		await client.closed;
		assert.equal(client.error, undefined);
		await web.drained();
	});

	rule(
		"an early response between the stop and the closing of the listener reaches a client that has yet to send its upload",
		async (t) => {
			const web = await ServedServer.open(t, kind);
			const client = await halfUpload(web);
			void web.service.stop();
			await answer(web, "early");
			await web.listenerClosed();
			await otherHalf(client);
			await client.answered();
			assert.equal(client.responses[0]?.body.toString(), "early");
			await web.drained();
		},
	);

	rule("an early response while draining reaches a client that has yet to send its upload", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await halfUpload(web);
		void web.service.stop();
		await web.listenerClosed();
		await answer(web, "early");
		await otherHalf(client);
		await client.closed;
		assert.deepEqual(client.responses.map(brief), ['200 "early" close']);
		assert.equal(client.error, undefined);
		await web.drained();
	});

	rule(
		"an early response while draining, after some of the upload was read, reaches a client that has yet to send the rest",
		async (t) => {
			const web = await ServedServer.open(t, kind);
			const client = await halfUpload(web);
			const { request } = await web.handed("/hold");
			await once(request, "data");
			request.pause();
			void web.service.stop();
			await web.listenerClosed();
			await answer(web, "early");
			await otherHalf(client);
			await client.closed;
			assert.deepEqual(client.responses.map(brief), ['200 "early" close']);
			assert.equal(client.error, undefined);
			await web.drained();
		},
	);

	rule("an early response to an upload that begins while draining reaches its client", async (t) => {
		const web = await ServedServer.open(t, kind);
		const [client, other] = [await web.connect({ paused: true }), await web.connect()];
		other.get("/hold/on");
		const { response } = await web.handed("/hold/on");
		void web.service.stop();
		await web.listenerClosed();
		client.ask("POST", "/now", lengthLine);
		for (let i = 0; i < 5; i++) await client.write(piece);
		client.read();
		await client.closed;
		assert.deepEqual(client.responses.map(brief), ['200 "answer to /now" close']);
		assert.equal(client.error, undefined);
		response.end();
		await web.drained();
	});

	rule("an upload in flight at the stop is read and answered completely", async (t) => {
		const web = await ServedServer.open(t, kind, { handler: count });
		const [client, bystander] = [await web.connect({ paused: true }), await web.connect()];
		client.ask("POST", "/count", lengthLine);
		for (let i = 0; i < 2; i++) await client.write(piece);
		await web.handed("/count");
		void web.service.stop();
		await bystander.closed;
		await otherHalf(client);
		await client.closed;
		assert.deepEqual(client.responses.map(brief), ['200 "5000000" close']);
		await web.drained();
	});

	rule("an upload that stops half-way is ended by the server's own time limit", async (t) => {
		const server = { requestTimeout: 300, headersTimeout: 300, connectionsCheckingInterval: 20 };
		const web = await ServedServer.open(t, kind, { handler: count, server });
		const client = await web.connect();
		client.ask("POST", "/count", lengthLine);
		await web.handed("/count");
		void web.service.stop();
		await client.closed;
		await web.drained();
	});

	rule("an upload that stops half-way after its early response does not delay the drain", async (t) => {
		const web = await ServedServer.open(t, kind);
		await halfUpload(web);
		void web.service.stop();
		await web.listenerClosed();
		await answer(web, "early");
		await web.drained();
	});

	for (const { when, begin } of stages) {
		rule(`the rest of an upload that drips in after its early response ${when} does not delay the drain`, async (t) => {
			const web = await ServedServer.open(t, kind);
			const client = await halfUpload(web);
			await begin(web);
			await answer(web, "early");
			drip(t, client, 1, 20);
			await web.drained();
		});
	}

	rule("the rest of an upload that goes on is read while one that drips is given up", async (t) => {
		const web = await ServedServer.open(t, kind);
		const [client, dripping] = [await halfUpload(web), await web.connect()];
		dripping.ask("POST", "/early", "Content-Length: 1000000");
		await dripping.answered();
		void web.service.stop();
		await web.listenerClosed();
		drip(t, dripping, 1, 20);
		const stopSending = drip(t, client, 10_000, 20);
		await answer(web, "early");
		await dripping.closed;
		await client.write(Buffer.alloc(3 * piece.length - stopSending(), "x"));
		client.read();
		await client.closed;
		assert.deepEqual(client.responses.map(brief), ['200 "early" close']);
		assert.equal(client.error, undefined);
		await web.drained();
	});

	rule(
		"negative control: close() resets the connection of an upload that got an early response with Connection: close",
		async (t) => {
			const bare = await BareServer.open(t, kind);
			const client = await halfUpload(bare);
			const { response } = await bare.handed("/hold");
			bare.server.close();
			response.setHeader("connection", "close");
			await answer(bare, "early");
			await otherHalf(client);
			await client.closed;
			assert.ok(client.error !== undefined || client.responses.length === 0);
		},
	);
}

async function halfUpload(bare: BareServer): Promise<Client> {
	const client = await bare.connect({ paused: true });
	client.ask("POST", "/hold", lengthLine);
	void client.write(piece);
	void client.write(piece);
	return client;
}

/** Sends `bytes` bytes every `everyMs`. Returns a function that stops it and returns how many were sent in all. */
function drip(t: TestContext, client: Client, bytes: number, everyMs: number): () => number {
	let sent = 0;
	const interval = setInterval(() => {
		sent += bytes;
		void client.write(Buffer.alloc(bytes, "x"));
	}, everyMs);
	t.after(() => clearInterval(interval));
	return () => {
		clearInterval(interval);
		return sent;
	};
}

async function otherHalf(client: Client): Promise<void> {
	await Promise.all([client.write(piece), client.write(piece), client.write(piece)]);
	client.read();
}

async function answer(bare: BareServer, text: string): Promise<void> {
	const { response } = await bare.handed("/hold");
	response.end(text);
	await once(response, "finish");
}

function count(request: IncomingMessage, response: ServerResponse): boolean {
	if (request.url !== "/count") return false;
	let bytes = 0;
	request.on("data", (chunk: Buffer) => {
		bytes += chunk.length;
	});
	request.on("end", () => response.end(String(bytes)));
	return true;
}
