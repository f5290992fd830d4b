import assert from "node:assert/strict";
import { once } from "node:events";
import { brief } from "../answers.ts";
import type { Client } from "../client.ts";
import type { Kind } from "../kinds.ts";
import { rule, Scene, Site } from "../scene.ts";

/** Connections that the kernel has accepted and the program has not. */
export function acceptQueue(kind: Kind): void {
	rule("who waits in it at the stop is answered", async (t) => {
		const scene = await Scene.open(t, kind);
		const { clients, accepted } = await fiftyConnect(scene);
		assert.ok(accepted < clients.length, "nobody waits: this test proves nothing");
		void scene.service.stop();
		for (const [i, client] of clients.entries()) {
			await client.answered();
			assert.equal(client.answers[0]?.body.toString(), `answer to /${i}`);
		}
		await scene.drained();
	});

	rule("a loop that takes a second and a half to accept them all loses none of them", async (t) => {
		const scene = await Scene.open(t, kind);
		const { clients } = await fiftyConnect(scene);
		scene.server.on("connection", () => block(30));
		void scene.service.stop();
		for (const client of clients) await client.answered();
		await scene.drained();
	});

	rule("requests behind a slow one wait too, on kept-alive connections as well", async (t) => {
		let isStopping = false;
		let early = 0;
		const handler = (): boolean => {
			if (scene.server.listening && isStopping) early++;
			block(60);
			return false;
		};
		const scene = await Scene.open(t, kind, { handler });
		const clients = await Promise.all(Array.from({ length: 8 }, () => scene.idleConnection()));
		isStopping = true;
		void scene.service.stop();
		// All of them are read in one turn.
		for (const client of clients) client.get("/next");
		for (const client of clients) await client.answered(2);
		assert.ok(early <= 1, `${early} were served meanwhile`);
		await scene.drained();
	});

	rule("newcomers without end are not waited for until the last", async (t) => {
		const scene = await Scene.open(t, kind);
		const { port } = scene;
		let coming = 0;
		const stream = setInterval(() => {
			coming++;
			scene.dial({}, port).get("/new");
		}, 15);
		t.after(() => clearInterval(stream));
		await scene.until(() => coming > 0);
		void scene.service.stop();
		await scene.listenerClosed();
		clearInterval(stream);
		// Some seven. It would be 66 if a flood were waited for for a second.
		assert.ok(coming < 40, `${coming} came`);
		await scene.drained();
	});

	rule("who waits in it and never asks holds nothing", async (t) => {
		const scene = await Scene.open(t, kind);
		const clients = Array.from({ length: 20 }, () => scene.dial());
		await Promise.all(clients.map(({ socket }) => once(socket, "connect")));
		void scene.service.stop();
		await scene.drained();
	});

	rule("who connects once the listener is closed is refused", async (t) => {
		const scene = await Scene.open(t, kind);
		const { port } = scene;
		const client = await scene.connect();
		client.get("/hold");
		const { response } = await scene.handed("/hold");
		void scene.service.stop();
		await scene.listenerClosed();
		const late = scene.dial({}, port);
		await late.closed;
		assert.equal(late.error, "ECONNREFUSED");
		response.end("late");
		await client.closed;
		assert.deepEqual(client.answers.map(brief), ['200 "late" close']);
		await scene.drained();
	});

	rule("negative control: close() resets who waits in it", async (t) => {
		const site = await Site.open(t, kind);
		const { clients } = await fiftyConnect(site);
		site.server.close();
		await Promise.all(clients.map((client) => Promise.race([client.closed, client.answered().catch(() => {})])));
		assert.ok(clients.filter(({ answers }) => answers.length === 0).length > 0);
	});
}

/** Holds the loop up. */
function block(ms: number): void {
	Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Connects fifty clients that ask as soon as they can. libuv accepts one in each turn, so that most are in the queue now. */
async function fiftyConnect(site: Site): Promise<{ clients: Client[]; accepted: number }> {
	let accepted = 0;
	site.server.on("connection", () => accepted++);
	const clients = Array.from({ length: 50 }, () => site.dial());
	for (const [i, client] of clients.entries()) client.get(`/${i}`);
	await Promise.all(clients.map(({ socket }) => once(socket, "connect")));
	return { clients, accepted };
}
