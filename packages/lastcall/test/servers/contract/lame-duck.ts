import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { FakeClock } from "../../support/fake-clock.ts";
import type { Kind } from "../../support/http-kinds.ts";
import type { Client } from "../client.ts";
import { brief } from "../responses.ts";
import { rule } from "../rule.ts";
import { ServedServer } from "../served-server.ts";

const LAME_DUCK_MS = 1_000;

/** A service that has been stopped while load balancers still send it requests, on a clock that the test moves. */
export function lameDuck(kind: Kind): void {
	rule("a lame duck responses new connections and keeps them alive until it drains", async (t) => {
		const { web, clock } = await openLameDuck(t, kind);
		await clock.advance(LAME_DUCK_MS - 1);
		const fresh = await web.connect();
		for (const url of ["/first", "/second"]) await keptAlive(fresh, url);
		await clock.advance(1);
		await web.listenerClosed();
		assert.equal(brief(await fresh.fetch("/last")), '200 "answer to /last" close');
		await fresh.closed;
		await web.drained();
	});

	rule("a lame duck keeps kept-alive connections as they are until it drains", async (t) => {
		const { web, clock, before } = await openLameDuck(t, kind);
		for (const client of before) await keptAlive(client, "/next");
		await clock.advance(LAME_DUCK_MS);
		await web.listenerClosed();
		for (const client of before) assert.equal(brief(await client.fetch("/last")), '200 "answer to /last" close');
		await Promise.all(before.map(({ closed }) => closed));
		await web.drained();
	});

	rule("a lame duck answers a request in flight at the stop and keeps its connection", async (t) => {
		const { web, clock } = await openOnTestClock(t, kind);
		const client = await web.connect();
		client.get("/hold");
		const { response } = await web.handed("/hold");
		stop(web);
		response.end("held");
		assert.equal(brief((await client.answered()).at(-1)), '200 "held" keep-alive');
		await keptAlive(client, "/next");
		await clock.advance(LAME_DUCK_MS);
		await client.closed;
		await web.drained();
	});

	rule("a request in flight when a lame duck begins to drain is answered with Connection: close", async (t) => {
		const { web, clock } = await openLameDuck(t, kind);
		const client = await web.connect();
		client.get("/hold");
		const { response } = await web.handed("/hold");
		await clock.advance(LAME_DUCK_MS);
		await web.listenerClosed();
		response.end("held");
		assert.equal(brief((await client.answered()).at(-1)), '200 "held" close');
		await web.drained();
	});

	rule("a lame duck accepts an upgrade", async (t) => {
		const { web } = await openLameDuck(t, kind);
		const client = await web.connect();
		web.server.once("upgrade", (_request, socket) => socket.end("HTTP/1.1 101 Switching Protocols\r\n\r\n"));
		client.ask("GET", "/chat", "Connection: Upgrade", "Upgrade: echo");
		await client.cameText("HTTP/1.1 101 Switching Protocols\r\n\r\n");
	});
}

interface OnTestClock {
	readonly web: ServedServer;
	readonly clock: FakeClock;
}

async function openOnTestClock(t: TestContext, kind: Kind): Promise<OnTestClock> {
	const clock = new FakeClock();
	const web = await ServedServer.open(t, kind, { clock, service: { lameDuckMs: LAME_DUCK_MS } });
	assert.equal(web.service.ready, true);
	return { web, clock };
}

/** A lame duck, and two clients from before. */
async function openLameDuck(t: TestContext, kind: Kind): Promise<OnTestClock & { before: readonly Client[] }> {
	const { web, clock } = await openOnTestClock(t, kind);
	const before = [await web.idleConnection(), await web.idleConnection()];
	stop(web);
	return { web, clock, before };
}

function stop({ service }: ServedServer): void {
	void service.stop();
	assert.equal(service.phase, "lame-duck");
	assert.equal(service.ready, false);
	assert.equal(service.drainSignal.aborted, false);
}

async function keptAlive(client: Client, url: string): Promise<void> {
	assert.equal(brief(await client.fetch(url)), `200 "answer to ${url}" keep-alive`);
}
