import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { TestContext } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ShutdownReport } from "lastcall";
import { FakeClock } from "../../core/fake-clock.ts";
import type { Client } from "../client.ts";
import type { Kind } from "../kinds.ts";
import { block, connectionsOf, rule, Scene, type SceneOptions, stages } from "../scene.ts";
import { EVENT_SOURCE } from "./event-streams.ts";

/** How a client goes. */
const ways: readonly (readonly [how: string, go: (client: Client) => unknown])[] = [
	["resets its connection", ({ socket }) => socket.resetAndDestroy()],
	["closes its side", ({ socket }) => socket.end()],
	["closes its connection", ({ socket }) => socket.destroy()],
];

/** Clients that don't wait for their response. What their handlers do goes on. */
export function abandoned(kind: Kind): void {
	/** A request in its handler's hands. */
	async function held(t: TestContext, options: SceneOptions = {}, ask = (client: Client) => client.get("/hold")) {
		const scene = await Scene.open(t, kind, options);
		const client = await scene.connect();
		ask(client);
		return { scene, client, response: (await scene.handed("/hold")).response };
	}

	/** Waits until the server knows that its client has gone. */
	async function gone(response: ServerResponse, go: () => unknown): Promise<void> {
		const closed = once(response, "close");
		go();
		await closed;
	}

	for (const [how, go] of ways) {
		// No TLS socket of Node.js can reset.
		if (kind.opened === "secureConnect" && how.startsWith("resets")) continue;
		rule(`a client that ${how} before the stop: its handler is waited for`, async (t) => {
			const { scene, client, response } = await held(t);
			await gone(response, () => go(client));
			assert.deepEqual(named(scene), ["web GET /hold (its client has gone)"]);
			const bystander = await scene.idleConnection();
			const stopped = scene.service.stop();
			await bystander.closed;
			assert.deepEqual(named(scene), ["web GET /hold (its client has gone)"]);
			response.end("too late");
			await scene.drained();
			assert.deepEqual((await stopped).endedEarly, []);
		});
	}

	for (const { when, begin } of stages) {
		rule(`a client that goes ${when}: its handler is waited for`, async (t) => {
			const { scene, client, response } = await held(t);
			const other = await scene.connect();
			other.get("/hold/other");
			await begin(scene);
			await gone(response, () => client.socket.destroy());
			const { response: others } = await scene.handed("/hold/other");
			others.end();
			await other.closed;
			await scene.listenerClosed();
			assert.deepEqual(named(scene), ["web GET /hold (its client has gone)"]);
			response.writeHead(200).end();
			await scene.drained();
		});
	}

	rule("of several requests of one client, each is waited for that is not answered", async (t) => {
		const scene = await Scene.open(t, kind);
		const client = await scene.connect();
		client.get("/hold/1", "/2", "/hold/3");
		const { response: first } = await scene.handed("/hold/1");
		const { response: third } = await scene.handed("/hold/3");
		void scene.service.stop();
		await scene.listenerClosed();
		await gone(first, () => client.socket.destroy());
		assert.deepEqual(named(scene), ["web GET /hold/1 (its client has gone)", "web GET /hold/3 (its client has gone)"]);
		third.end();
		assert.deepEqual(named(scene), ["web GET /hold/1 (its client has gone)"]);
		first.end();
		await scene.drained();
	});

	rule("a request that comes with the reset of its connection has no handler, and is not waited for", async (t) => {
		const { scene, client: other, response } = await held(t);
		const client = await scene.idleConnection();
		void scene.service.stop();
		await scene.listenerClosed();
		// Both are there when the server looks next.
		await client.write(client.head("GET", "/hold/reset"));
		if (kind.opened === "connect") client.socket.resetAndDestroy();
		else client.socket.destroy();
		block(20);
		while ((await connectionsOf(scene.server)) > 1) await nextTurn();
		// The kernel may have told the server of the reset a poll later.
		if (scene.executed.includes("/hold/reset")) (await scene.handed("/hold/reset")).response.end();
		response.end();
		await other.closed;
		await scene.drained();
	});

	rule("one whose body is half there is waited for", async (t) => {
		const { scene, client, response } = await held(t, {}, (client) => {
			client.ask("POST", "/hold", "Content-Length: 5");
			void client.write("ab");
		});
		await gone(response, () => client.socket.destroy());
		assert.deepEqual(named(scene), ["web POST /hold (its client has gone)"]);
		response.end();
		assert.deepEqual(named(scene), []);
	});

	for (const [what, begin] of [
		[
			"of an EventSource",
			(response) => response.writeHead(200, { "Content-Type": "text/event-stream" }).write("data: 1\n\n"),
		],
		["that a stream is piped into", (response) => new Readable({ read() {} }).pipe(response).flushHeaders()],
		["that is ended, and not read", (response) => response.end(Buffer.alloc(20_000_000))],
	] as [string, (response: ServerResponse) => unknown][]) {
		rule(`a response is not waited for without its client: one ${what}`, async (t) => {
			const { scene, client, response } = await held(t, {}, (client) => client.ask("GET", "/hold", EVENT_SOURCE));
			begin(response);
			await client.headCame();
			await gone(response, () => client.socket.destroy());
			assert.deepEqual(named(scene), []);
			await scene.service.stop();
			await scene.drained();
		});
	}

	for (const [what, destroy] of [
		["its response", (response) => response.destroy()],
		["its response, with an error", (response) => response.destroy(new Error("no more"))],
		["its socket", (response) => response.socket?.destroy()],
	] as [string, (response: ServerResponse) => unknown][]) {
		rule(`a handler that destroys ${what} is not waited for`, async (t) => {
			const { scene, client, response } = await held(t);
			response.on("error", () => {});
			await gone(response, () => destroy(response));
			await client.closed;
			assert.deepEqual(named(scene), []);
			await scene.service.stop();
			await scene.drained();
		});
	}

	rule(
		"a handler that never ends its response is waited for until time is nearly over, and that is no failure",
		async (t) => {
			const service = { gracePeriodMs: 400, lingerMs: 50 };
			const { scene, client, response } = await held(t, { clock: new FakeClock(), service });
			await gone(response, () => client.socket.destroy());
			const { ok, exitCode, left, endedEarly, hardStop } = await scene.service.stop();
			assert.deepEqual({ ok, exitCode, left, hardStop }, { ok: true, exitCode: 0, left: [], hardStop: undefined });
			assert.deepEqual(reasons({ endedEarly }), ["web GET /hold client-gone"]);
			assert.equal(response.writableEnded, false);
		},
	);

	rule("at a hard stop it is named with what is left", async (t) => {
		const { scene, client, response } = await held(t);
		await gone(response, () => client.socket.destroy());
		void scene.service.stop();
		await scene.listenerClosed();
		const { left, endedEarly } = await scene.service.stopNow();
		assert.deepEqual(
			left.map(({ name, what }) => `${name} ${what}`),
			["web GET /hold (its client has gone)"],
		);
		assert.deepEqual(endedEarly, []);
	});
}

function named({ service }: Scene): string[] {
	return service.inFlight().map(({ name, what }) => `${name} ${what}`);
}

function reasons({ endedEarly }: Pick<ShutdownReport, "endedEarly">): string[] {
	return endedEarly.map(({ name, what, why }) => `${name} ${what} ${why}`);
}
