import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, createServer, get, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Writable } from "node:stream";
import { describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { running } from "../support/running-service.ts";
import { hide, keep } from "./hide.ts";

const limit = { timeout: 10_000 };

describe("a resource without what Node.js does not document", () => {
	it("`_writableState` of a stream: one that emits `close` is closed", limit, async (t) => {
		const { service } = await running(t);
		const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
		hide(t, stream, "_writableState");
		service.use("audit", stream);
		const { ok, hardStop } = await service.stop();
		assert.deepEqual([ok, hardStop, stream.closed], [true, undefined, true]);
	});

	it(
		"`_writableState` of a stream that emits no `close`: everything is written, and the stop lasts for the grace period",
		limit,
		async (t) => {
			const { service } = await running(t, { gracePeriodMs: 500 });
			const written: string[] = [];
			const stream = new Writable({
				emitClose: false,
				autoDestroy: false,
				write: (chunk, _encoding, done) => {
					written.push(String(chunk));
					setImmediate(() => done(null));
				},
				destroy: (error, done) => void setImmediate(() => done(error)),
			});
			hide(t, stream, "_writableState");
			service.use("audit", stream);
			stream.write("last");
			const { hardStop, left } = await service.stop();
			assert.deepEqual([hardStop?.cause, left.map(({ name }) => name), written], ["deadline", ["audit"], ["last"]]);
		},
	);

	it("`keepAlive` of an agent: `maxFreeSockets` closes what becomes free", limit, async (t) => {
		const { service } = await running(t);
		const waiting: ServerResponse[] = [];
		const server = createServer((_request, response) => void waiting.push(response)).listen(0, "127.0.0.1");
		await once(server, "listening");
		t.after(() => server.close());
		const agent = service.use("agent", new Agent({ keepAlive: true }));
		keep(t, agent, "keepAlive");
		const { port } = server.address() as AddressInfo;
		const body = new Promise((resolve) => {
			get({ port, host: "127.0.0.1", agent }, (response) => void response.setEncoding("utf8").on("data", resolve));
		});
		await once(server, "request");
		const closed = service.stop();
		await delay(100);
		waiting[0]?.end("whole");
		assert.equal(await body, "whole");
		const { ok, hardStop } = await closed;
		assert.deepEqual([ok, hardStop], [true, undefined]);
	});

	it("`threadId` of a thread that has ended: it is left at the deadline", limit, async (t) => {
		const { service } = await running(t, { gracePeriodMs: 600 });
		const worker = new Worker("", { eval: true });
		await once(worker, "exit");
		Object.defineProperty(worker, "threadId", { value: 4_711 });
		service.use("thread", worker);
		const { hardStop } = await service.stop();
		assert.equal(hardStop?.cause, "deadline");
	});
});
