import assert from "node:assert/strict";
import type { Client } from "../client.ts";
import type { Kind } from "../kinds.ts";
import { rule, Scene, stages } from "../scene.ts";

/** Connections that never get to ask can't hold the drain, and nothing of theirs is executed. */
export function silent(kind: Kind): void {
	rule("those that never said a word", async (t) => {
		const scene = await Scene.open(t, kind);
		const clients = [await scene.connect(), await scene.connect({ stubborn: true })];
		void scene.service.stop();
		await scene.drained();
		await clients[0]?.closed;
	});

	rule("half a head from before the stop", async (t) => {
		const scene = await Scene.open(t, kind);
		const [fresh, used] = [await scene.connect(), await scene.idleConnection()];
		for (const client of [fresh, used]) await client.write("GET /never HTTP/1.1\r\nHost: loc");
		void scene.service.stop();
		await scene.drained();
		await Promise.all([fresh.closed, used.closed]);
		assert.deepEqual(
			fresh.answers.map(({ status }) => status),
			[408],
		);
		assert.deepEqual(scene.executed, []);
	});

	rule("half a head from the linger", async (t) => {
		const scene = await Scene.open(t, kind);
		const [fresh, used] = [await scene.connect(), await scene.idleConnection()];
		void scene.service.stop();
		await scene.listenerClosed();
		for (const client of [fresh, used]) await client.write("GET /never HTTP/1.1\r\nHost: loc");
		await scene.drained();
		await Promise.all([fresh.closed, used.closed]);
		assert.deepEqual(
			[fresh, used].map(({ answers }) => answers.at(-1)?.status),
			[408, 408],
		);
		assert.deepEqual(scene.executed, []);
	});

	rule("half a head that is completed within the linger is answered", async (t) => {
		const scene = await Scene.open(t, kind);
		const [fresh, used] = [await scene.connect(), await scene.idleConnection()];
		for (const client of [fresh, used]) await client.write("GET /whole HTTP/1.1\r\nHost: loc");
		void scene.service.stop();
		await scene.listenerClosed();
		for (const client of [fresh, used]) await client.write("alhost\r\n\r\n");
		await Promise.all([fresh.closed, used.closed]);
		for (const { answers } of [fresh, used]) assert.equal(answers.at(-1)?.body.toString(), "answer to /whole");
		await scene.drained();
	});

	for (const { when, begin } of stages) {
		rule(`a head that comes byte by byte, begun ${when}`, async (t) => {
			const scene = await Scene.open(t, kind);
			const [fresh, used] = [await scene.connect(), await scene.idleConnection()];
			await begin(scene);
			for (const client of [fresh, used]) drip(client);
			await scene.drained();
			await Promise.all([fresh.closed, used.closed]);
			for (const { answers } of [fresh, used]) assert.ok([undefined, 200, 408].includes(answers.at(-1)?.status));
			assert.deepEqual(scene.executed, []);
		});
	}

	rule("a head that comes byte by byte, begun before the stop", async (t) => {
		const scene = await Scene.open(t, kind);
		const client = await scene.connect();
		drip(client);
		void scene.service.stop();
		await scene.drained();
		await client.closed;
		assert.deepEqual(scene.executed, []);
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
