import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type ProbeOptions, probe } from "#src/drill/probe.js";
import type { LoadSpec } from "#src/load/load-spec.js";
import { httpServer } from "../support/http-server.ts";

const options: ProbeOptions = { patienceMs: 60_000, abort: new AbortController().signal };

describe("the probe", () => {
	it("sends one request, as the first kind does that a response makes steady", async () => {
		const asked: string[] = [];
		const server = await httpServer((req, res) => {
			asked.push(`${req.method} ${req.url}`);
			res.end("ok");
		});
		const loads: LoadSpec[] = [
			{ kind: "upload", connections: 9 },
			{ kind: "event-stream", path: "/events" },
			{ kind: "pausing", path: "/pausing", connections: 100 },
		];
		assert.equal(await probe(server.target, loads, options), undefined);
		await server.close();
		assert.deepEqual(asked, ["GET /pausing"]);
	});

	it("sends one request for a load with a rate, too", async () => {
		const server = await httpServer((_req, res) => res.end("ok"));
		assert.equal(await probe(server.target, [{ kind: "rate", rate: 1_000 }], options), undefined);
		await server.close();
		assert.equal(server.ids.length, 1);
	});

	it("opens one connection if no response makes a load steady", async () => {
		const server = await httpServer((_req, res) => res.end("ok"));
		assert.equal(await probe(server.target, [{ kind: "silent", connections: 20 }], options), undefined);
		assert.equal(server.sockets.length, 1);
		await server.close();
	});

	it("asks for an event stream without learning how it ends", async () => {
		const server = await httpServer((_req, res) =>
			res.setHeader("content-type", "text/event-stream").end("data: 1\n\n"),
		);
		const target = { ...server.target, method: "POST" };
		assert.equal(await probe(target, [{ kind: "event-stream" }], options), undefined);
		await server.close();
		assert.equal(server.ids.length, 1);
	});

	it("says that there was no response in time", async () => {
		const server = await httpServer(() => {});
		const failure = await probe(server.target, [{ kind: "back-to-back" }], { ...options, patienceMs: 20 });
		await server.close();
		assert.deepEqual(failure, { why: "the load back-to-back got no response within 20 ms", isLate: true });
	});

	it("says what a program answers that is not ready", async () => {
		for (const status of [503, 502]) {
			const server = await httpServer((_req, res) => res.writeHead(status).end());
			const failure = await probe(server.target, [{ kind: "back-to-back" }], { ...options, patienceMs: 1_000 });
			await server.close();
			assert.deepEqual(failure, { why: `it answers ${status}`, isLate: false });
		}
	});

	it("says that the connection was refused", async () => {
		const server = await httpServer(() => {});
		await server.close();
		const failure = await probe(server.target, [{ kind: "back-to-back" }], options);
		assert.match(String(failure?.why), /^A connection of the load back-to-back to .* was refused \(ECONNREFUSED\)$/);
		assert.equal(failure?.isLate, false);
	});

	it("returns at once when the drill is aborted", async () => {
		const server = await httpServer(() => {});
		const failure = await probe(server.target, [{ kind: "back-to-back" }], { ...options, abort: AbortSignal.abort() });
		await server.close();
		assert.equal(failure?.isLate, true);
	});
});
