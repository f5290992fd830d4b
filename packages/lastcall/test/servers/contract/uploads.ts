import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TestContext } from "node:test";
import { brief } from "../answers.ts";
import type { Client } from "../client.ts";
import type { Kind } from "../kinds.ts";
import { rule, Scene, Site, stages } from "../scene.ts";

const piece = Buffer.alloc(1_000_000, "x");
const lengthLine = `Content-Length: ${5 * piece.length}`;

/** Answers that are given before their request's body is there, to who reads only after having written it all. */
export function uploads(kind: Kind): void {
	rule("answered before the stop", async (t) => {
		const scene = await Scene.open(t, kind);
		const client = await halfUpload(scene);
		await answer(scene, "early");
		void scene.service.stop();
		await scene.listenerClosed();
		await otherHalf(client);
		await client.answered();
		assert.deepEqual(client.answers.map(brief), ['200 "early" keep-alive']);
		await client.closed;
		assert.equal(client.error, undefined);
		await scene.drained();
	});

	rule("answered between the stop and the closing of the listener", async (t) => {
		const scene = await Scene.open(t, kind);
		const client = await halfUpload(scene);
		void scene.service.stop();
		await answer(scene, "early");
		await scene.listenerClosed();
		await otherHalf(client);
		await client.answered();
		assert.equal(client.answers[0]?.body.toString(), "early");
		await scene.drained();
	});

	rule("answered while draining", async (t) => {
		const scene = await Scene.open(t, kind);
		const client = await halfUpload(scene);
		void scene.service.stop();
		await scene.listenerClosed();
		await answer(scene, "early");
		await otherHalf(client);
		await client.closed;
		assert.deepEqual(client.answers.map(brief), ['200 "early" close']);
		assert.equal(client.error, undefined);
		await scene.drained();
	});

	rule("answered while draining by a program that had begun to read", async (t) => {
		const scene = await Scene.open(t, kind);
		const client = await halfUpload(scene);
		const { request } = await scene.handed("/hold");
		await once(request, "data");
		request.pause();
		void scene.service.stop();
		await scene.listenerClosed();
		await answer(scene, "early");
		await otherHalf(client);
		await client.closed;
		assert.deepEqual(client.answers.map(brief), ['200 "early" close']);
		assert.equal(client.error, undefined);
		await scene.drained();
	});

	rule("asked for and answered while draining", async (t) => {
		const scene = await Scene.open(t, kind);
		const [client, other] = [await scene.connect({ paused: true }), await scene.connect()];
		other.get("/hold/on");
		const { response } = await scene.handed("/hold/on");
		void scene.service.stop();
		await scene.listenerClosed();
		client.ask("POST", "/now", lengthLine);
		for (let i = 0; i < 5; i++) await client.write(piece);
		client.read();
		await client.closed;
		assert.deepEqual(client.answers.map(brief), ['200 "answer to /now" close']);
		assert.equal(client.error, undefined);
		response.end();
		await scene.drained();
	});

	rule("an upload that is in flight is read and answered whole", async (t) => {
		const scene = await Scene.open(t, kind, { handler: count });
		const [client, bystander] = [await scene.connect({ paused: true }), await scene.connect()];
		client.ask("POST", "/count", lengthLine);
		for (let i = 0; i < 2; i++) await client.write(piece);
		await scene.handed("/count");
		void scene.service.stop();
		await bystander.closed;
		await otherHalf(client);
		await client.closed;
		assert.deepEqual(client.answers.map(brief), ['200 "5000000" close']);
		await scene.drained();
	});

	rule("an upload that stops half-way is ended by the server's own time limit", async (t) => {
		const server = { requestTimeout: 300, headersTimeout: 300, connectionsCheckingInterval: 20 };
		const scene = await Scene.open(t, kind, { handler: count, server });
		const client = await scene.connect();
		client.ask("POST", "/count", lengthLine);
		await scene.handed("/count");
		void scene.service.stop();
		await client.closed;
		await scene.drained();
	});

	rule("an upload that stops half-way behind its early answer holds nothing", async (t) => {
		const scene = await Scene.open(t, kind);
		await halfUpload(scene);
		void scene.service.stop();
		await scene.listenerClosed();
		await answer(scene, "early");
		await scene.drained();
	});

	for (const { when, begin } of stages) {
		rule(`the rest of an upload that only drips behind its early answer holds nothing, answered ${when}`, async (t) => {
			const scene = await Scene.open(t, kind);
			const client = await halfUpload(scene);
			await begin(scene);
			await answer(scene, "early");
			drip(t, client, 1, 20);
			await scene.drained();
		});
	}

	rule("the rest of an upload that goes on is read when one that drips is not any more", async (t) => {
		const scene = await Scene.open(t, kind);
		const [client, dripping] = [await halfUpload(scene), await scene.connect()];
		dripping.ask("POST", "/early", "Content-Length: 1000000");
		await dripping.answered();
		void scene.service.stop();
		await scene.listenerClosed();
		drip(t, dripping, 1, 20);
		const stopSending = drip(t, client, 10_000, 20);
		await answer(scene, "early");
		await dripping.closed;
		await client.write(Buffer.alloc(3 * piece.length - stopSending(), "x"));
		client.read();
		await client.closed;
		assert.deepEqual(client.answers.map(brief), ['200 "early" close']);
		assert.equal(client.error, undefined);
		await scene.drained();
	});

	rule("negative control: close() resets who was answered early and told close", async (t) => {
		const site = await Site.open(t, kind);
		const client = await halfUpload(site);
		const { response } = await site.handed("/hold");
		site.server.close();
		response.setHeader("connection", "close");
		await answer(site, "early");
		await otherHalf(client);
		await client.closed;
		assert.ok(client.error !== undefined || client.answers.length === 0);
	});
}

async function halfUpload(site: Site): Promise<Client> {
	const client = await site.connect({ paused: true });
	client.ask("POST", "/hold", lengthLine);
	void client.write(piece);
	void client.write(piece);
	return client;
}

/** Sends so many bytes again and again. Returns what stops it, and returns how many were sent in all. */
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

async function answer(site: Site, text: string): Promise<void> {
	const { response } = await site.handed("/hold");
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
