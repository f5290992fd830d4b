import assert from "node:assert/strict";
import { Agent, createServer, get, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { DispatcherLike } from "lastcall";
import { closing, runningService } from "../support/watched-service.ts";

/** A remote server, which responds when the test lets it. */
async function remote(t: TestContext) {
	const waiting: ServerResponse[] = [];
	let wake = (): void => {};
	const server = createServer((_request, response) => {
		waiting.push(response);
		wake();
	}).listen(0, "127.0.0.1");
	await new Promise((resolve) => server.once("listening", resolve));
	t.after(() => {
		server.closeAllConnections();
		server.close();
	});
	const connections = (): Promise<number> =>
		new Promise((resolve, reject) => server.getConnections((error, n) => (error ? reject(error) : resolve(n))));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
		/** Resolves when the next request has come, to the function that responds to it. */
		async request(): Promise<() => void> {
			while (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
			const response = waiting.shift();
			return () => void response?.end("whole");
		},
		async noConnections(): Promise<void> {
			while ((await connections()) > 0) await nextTurn();
		},
	};
}

function askBy(agent: Agent, url: string): Promise<string> {
	return new Promise((resolve) => {
		get(url, { agent }, (response) => {
			let body = "";
			response.on("data", (text) => (body += text));
			response.on("end", () => resolve(body));
			response.on("error", (error: NodeJS.ErrnoException) => resolve(String(error.code)));
		}).on("error", (error: NodeJS.ErrnoException) => resolve(String(error.code)));
	});
}

describe("an http.Agent", () => {
	it("closes idle connections at once, and those in use when their requests, queued ones too, have ended", async (t) => {
		const { url, request, noConnections } = await remote(t);
		const { service } = await runningService();
		const agent = service.use("agent", new Agent({ keepAlive: true, maxSockets: 2 }));
		const idle = askBy(agent, url);
		const first = askBy(agent, url);
		(await request())();
		(await request())();
		assert.deepEqual([await idle, await first], ["whole", "whole"]);
		await nextTurn();
		assert.equal(Object.values(agent.freeSockets).flat().length, 2);
		const busy = askBy(agent, url);
		const answer = await request();
		const other = askBy(agent, url);
		const otherAnswer = await request();
		const waiting = askBy(agent, url);
		void service.stop();
		await closing(service);
		assert.equal(service.phase, "closing");
		assert.equal(Object.values(agent.freeSockets).flat().length, 0);
		answer();
		assert.equal(await busy, "whole");
		(await request())();
		assert.equal(await waiting, "whole");
		assert.equal(service.phase, "closing");
		otherAnswer();
		assert.equal(await other, "whole");
		assert.ok((await service.closed).ok);
		await noConnections();
	});

	it("is destroyed when time is up", async (t) => {
		const { url, request, noConnections } = await remote(t);
		const { service, clock } = await runningService({ gracePeriodMs: 10_000 });
		const agent = service.use("agent", new Agent({ keepAlive: true }));
		const busy = askBy(agent, url);
		await request();
		void service.stop();
		await clock.advance(10_000);
		assert.equal((await service.closed).left[0]?.name, "agent");
		assert.equal(await busy, "ECONNRESET");
		await noConnections();
	});
});

/** Node's own undici. `fetch` has left its dispatcher where other copies of undici find it. */
async function agentOfUndici(url: string, request: () => Promise<() => void>): Promise<new () => DispatcherLike> {
	const first = fetch(url);
	(await request())();
	await (await first).text();
	const holder = globalThis as unknown as Record<symbol, DispatcherLike>;
	// The first is an older interface to the second, where there is one.
	const [older, newer] = [1, 2].map((n) => holder[Symbol.for(`undici.globalDispatcher.${n}`)]);
	const dispatcher = newer ?? older ?? assert.fail("fetch has another dispatcher");
	return dispatcher.constructor as new () => DispatcherLike;
}

describe("a dispatcher of undici", () => {
	it("refuses new requests, and is closed when those under way have ended", async (t) => {
		const { url, request } = await remote(t);
		const { service } = await runningService();
		const dispatcher = service.use("undici", new (await agentOfUndici(url, request))());
		const fetchBy = (): Promise<string> =>
			fetch(url, { dispatcher } as unknown as RequestInit).then((response) => response.text());
		const busy = fetchBy();
		const answer = await request();
		void service.stop();
		await closing(service);
		assert.equal(service.phase, "closing");
		await assert.rejects(fetchBy());
		answer();
		assert.equal(await busy, "whole");
		assert.ok((await service.closed).ok);
	});

	it("is destroyed when time is up, and left alone where the program has destroyed it", async (t) => {
		const { url, request } = await remote(t);
		const { service, clock } = await runningService({ gracePeriodMs: 10_000 });
		const Undici = await agentOfUndici(url, request);
		await service.use("destroyed", new Undici()).destroy();
		let cut = (_error: Error): void => {};
		const closed = new Promise<void>((_resolve, reject) => (cut = reject));
		const pool = { dispatch: () => true, close: () => closed, destroy: async () => cut(new Error("destroyed")) };
		service.use("pool", pool);
		void service.stop();
		await clock.advance(10_000);
		const { left, errors } = await service.closed;
		assert.deepEqual([left.map(({ name }) => name), errors], [["pool"], []]);
		await assert.rejects(closed, /destroyed/);
		await nextTurn();
		assert.deepEqual(errors, []);
	});
});
