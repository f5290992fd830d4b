import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { TestContext } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ShutdownReport } from "lastcall";
import { block } from "../../support/block-loop.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import type { Kind } from "../../support/http-kinds.ts";
import { connectionsOf } from "../bare-server.ts";
import type { Client } from "../client.ts";
import { rule } from "../rule.ts";
import { ServedServer, type ServedServerOptions, stages } from "../served-server.ts";
import { EVENT_SOURCE } from "./event-streams.ts";

/** How a client goes. */
const ways: readonly (readonly [how: string, go: (client: Client) => unknown])[] = [
	["resets its connection", ({ socket }) => socket.resetAndDestroy()],
	["closes its side", ({ socket }) => socket.end()],
	["closes its connection", ({ socket }) => socket.destroy()],
];

/** Clients that don't wait for their response. Their handlers go on. */
export function abandoned(kind: Kind): void {
	/** A request in its handler's hands. */
	async function held(
		t: TestContext,
		options: ServedServerOptions = {},
		ask = (client: Client) => client.get("/hold"),
	) {
		const web = await ServedServer.open(t, kind, options);
		const client = await web.connect();
		ask(client);
		return { web, client, response: (await web.handed("/hold")).response };
	}

	/** Waits until the server knows that its client has gone. */
	async function gone(response: ServerResponse, go: () => unknown): Promise<void> {
		const closed = once(response, "close");
		go();
		await closed;
	}

	for (const [how, go] of ways) {
		// TLS sockets of Node.js can't reset.
		if (kind.opened === "secureConnect" && how.startsWith("resets")) continue;
		rule(`the handler of a client that ${how} before the stop is waited for`, async (t) => {
			const { web, client, response } = await held(t);
			await gone(response, () => go(client));
			assert.deepEqual(named(web), ["web GET /hold (its client has gone)"]);
			const bystander = await web.idleConnection();
			const stopped = web.service.stop();
			await bystander.closed;
			assert.deepEqual(named(web), ["web GET /hold (its client has gone)"]);
			response.end("too late");
			await web.drained();
			assert.deepEqual((await stopped).endedEarly, []);
		});
	}

	for (const { when, begin } of stages) {
		rule(`the handler of a client that closes its connection ${when} is waited for`, async (t) => {
			const { web, client, response } = await held(t);
			const other = await web.connect();
			other.get("/hold/other");
			await begin(web);
			await gone(response, () => client.socket.destroy());
			const { response: others } = await web.handed("/hold/other");
			others.end();
			await other.closed;
			await web.listenerClosed();
			assert.deepEqual(named(web), ["web GET /hold (its client has gone)"]);
			response.writeHead(200).end();
			await web.drained();
		});
	}

	rule("of several requests of a client that has gone, each one without a response is waited for", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.connect();
		client.get("/hold/1", "/2", "/hold/3");
		const { response: first } = await web.handed("/hold/1");
		const { response: third } = await web.handed("/hold/3");
		void web.service.stop();
		await web.listenerClosed();
		await gone(first, () => client.socket.destroy());
		assert.deepEqual(named(web), ["web GET /hold/1 (its client has gone)", "web GET /hold/3 (its client has gone)"]);
		third.end();
		assert.deepEqual(named(web), ["web GET /hold/1 (its client has gone)"]);
		first.end();
		await web.drained();
	});

	rule("a request that comes with the reset of its connection has no handler, and is not waited for", async (t) => {
		const { web, client: other, response } = await held(t);
		const client = await web.idleConnection();
		void web.service.stop();
		await web.listenerClosed();
		// Both are there when the server looks next.
		await client.write(client.head("GET", "/hold/reset"));
		if (kind.opened === "connect") client.socket.resetAndDestroy();
		else client.socket.destroy();
		block(20);
		while ((await connectionsOf(web.server)) > 1) await nextTurn();
		// The server may have seen the reset a poll later.
		if (web.executed.includes("/hold/reset")) (await web.handed("/hold/reset")).response.end();
		response.end();
		await other.closed;
		await web.drained();
	});

	rule("the handler of a client that has gone after half of its request's body is waited for", async (t) => {
		const { web, client, response } = await held(t, {}, (client) => {
			client.ask("POST", "/hold", "Content-Length: 5");
			void client.write("ab");
		});
		await gone(response, () => client.socket.destroy());
		assert.deepEqual(named(web), ["web POST /hold (its client has gone)"]);
		response.end();
		assert.deepEqual(named(web), []);
	});

	for (const [what, begin] of [
		[
			"to an EventSource",
			(response) => response.writeHead(200, { "Content-Type": "text/event-stream" }).write("data: 1\n\n"),
		],
		["that a stream is piped into", (response) => new Readable({ read() {} }).pipe(response).flushHeaders()],
		["that is ended, and not read", (response) => response.end(Buffer.alloc(20_000_000))],
	] as [string, (response: ServerResponse) => unknown][]) {
		rule(`without its client, a response ${what} is not waited for`, async (t) => {
			const { web, client, response } = await held(t, {}, (client) => client.ask("GET", "/hold", EVENT_SOURCE));
			begin(response);
			await client.headCame();
			await gone(response, () => client.socket.destroy());
			assert.deepEqual(named(web), []);
			await web.service.stop();
			await web.drained();
		});
	}

	for (const [what, destroy] of [
		["its response", (response) => response.destroy()],
		["its response, with an error", (response) => response.destroy(new Error("no more"))],
		["its socket", (response) => response.socket?.destroy()],
	] as [string, (response: ServerResponse) => unknown][]) {
		rule(`a handler that destroys ${what} is not waited for`, async (t) => {
			const { web, client, response } = await held(t);
			response.on("error", () => {});
			await gone(response, () => destroy(response));
			await client.closed;
			assert.deepEqual(named(web), []);
			await web.service.stop();
			await web.drained();
		});
	}

	rule(
		"a handler whose client has gone and that never ends its response is waited for until time is nearly over, and that is no failure",
		async (t) => {
			const service = { gracePeriodMs: 400, lingerMs: 50 };
			const { web, client, response } = await held(t, { clock: new FakeClock(), service });
			await gone(response, () => client.socket.destroy());
			const { ok, exitCode, left, endedEarly, hardStop } = await web.service.stop();
			assert.deepEqual({ ok, exitCode, left, hardStop }, { ok: true, exitCode: 0, left: [], hardStop: undefined });
			assert.deepEqual(reasons({ endedEarly }), ["web GET /hold client-gone"]);
			assert.equal(response.writableEnded, false);
		},
	);

	rule("a request whose client has gone is left in the report at a hard stop", async (t) => {
		const { web, client, response } = await held(t);
		await gone(response, () => client.socket.destroy());
		void web.service.stop();
		await web.listenerClosed();
		const { left, endedEarly } = await web.service.stopNow();
		assert.deepEqual(
			left.map(({ name, what }) => `${name} ${what}`),
			["web GET /hold (its client has gone)"],
		);
		assert.deepEqual(endedEarly, []);
	});
}

function named({ service }: ServedServer): string[] {
	return service.inFlight().map(({ name, what }) => `${name} ${what}`);
}

function reasons({ endedEarly }: Pick<ShutdownReport, "endedEarly">): string[] {
	return endedEarly.map(({ name, what, why }) => `${name} ${what} ${why}`);
}
