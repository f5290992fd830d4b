import assert from "node:assert/strict";
import type { Duplex } from "node:stream";
import type { Kind } from "../../support/http-kinds.ts";
import { brief } from "../responses.ts";
import { rule } from "../rule.ts";
import { ServedServer } from "../served-server.ts";

function names(web: ServedServer): string[] {
	return web.service.inFlight().map(({ what }) => what);
}

/** A running service notes only the newest request of a connection. What else there was is found out when it is needed. */
export function takeUp(kind: Kind): void {
	rule(
		"a request is in flight, with its name and age, until its response is sent, also on a kept-alive connection",
		async (t) => {
			const web = await ServedServer.open(t, kind);
			const client = await web.idleConnection();
			assert.deepEqual(names(web), []);
			const before = performance.now();
			client.get("/hold?a=1");
			const { request, response } = await web.handed("/hold?a=1");
			// As the routers of frameworks do.
			request.url = "/";
			const [one] = web.service.inFlight();
			const asked = performance.now();
			assert.equal(one?.what, "GET /hold");
			// The time of the request is noted in whole milliseconds.
			assert.ok(one.ageMs >= 0 && one.ageMs <= asked - before + 1, `${one.ageMs} of ${asked - before}`);
			response.end("whole");
			await client.answered(2);
			await web.until(() => response.closed);
			assert.deepEqual(names(web), []);
		},
	);

	rule("a response that ends in the turn of the stop is complete, and the next one is the last", async (t) => {
		const web = await ServedServer.open(t, kind, {
			handler: ({ url }, response) => {
				if (url !== "/stop") return false;
				response.end("stopping");
				void web.service.stop();
				return true;
			},
		});
		const client = await web.connect();
		assert.equal(brief(await client.fetch("/stop")), '200 "stopping" keep-alive');
		await web.listenerClosed();
		assert.equal(brief(await client.fetch("/last")), '200 "answer to /last" close');
		await client.closed;
		await web.drained();
	});

	rule(
		"of requests that were pipelined before the stop, all are in flight, and only the newest is the last",
		async (t) => {
			const web = await ServedServer.open(t, kind);
			const client = await web.idleConnection();
			client.get("/hold/1", "/hold/2", "/hold/3");
			const [first, second, third] = await Promise.all(["/hold/1", "/hold/2", "/hold/3"].map((url) => web.handed(url)));
			assert.deepEqual(names(web).sort(), ["GET /hold/1", "GET /hold/2", "GET /hold/3"]);
			second?.response.end("2");
			first?.response.end("1");
			await client.answered(3);
			await web.until(() => names(web).length === 1);
			assert.deepEqual(names(web), ["GET /hold/3"]);
			void web.service.stop();
			await web.listenerClosed();
			third?.response.end("3");
			await client.closed;
			assert.deepEqual(client.responses.slice(1).map(brief), [
				'200 "1" keep-alive',
				'200 "2" keep-alive',
				'200 "3" close',
			]);
			await web.drained();
		},
	);

	rule(
		"after pipelined requests, a request of the running service is in flight, and the stop waits for it",
		async (t) => {
			const web = await ServedServer.open(t, kind);
			const client = await web.connect();
			client.get("/1", "/2");
			await client.answered(2);
			client.get("/hold");
			const { response } = await web.handed("/hold");
			assert.deepEqual(names(web), ["GET /hold"]);
			void web.service.stop();
			await web.listenerClosed();
			response.end("whole");
			await client.closed;
			assert.equal(brief(client.responses[2]), '200 "whole" close');
			await web.drained();
		},
	);

	rule("a request that has sent its head and waits for 100 is in flight, and its response is the last", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.connect();
		client.ask("POST", "/hold", "Expect: 100-continue", "Content-Length: 5");
		const { request, response } = await web.handed("/hold");
		await client.cameInterim();
		assert.deepEqual(names(web), ["POST /hold"]);
		void web.service.stop();
		await web.listenerClosed();
		await client.write("12345");
		for await (const _ of request);
		response.end("whole");
		await client.closed;
		assert.equal(brief(client.responses[0]), '200 "whole" close');
		await web.drained();
	});

	rule("an early response of the running service, and the rest of the upload comes after the stop", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.idleConnection();
		client.ask("POST", "/hold", "Content-Length: 10");
		const { response } = await web.handed("/hold");
		response.end("early");
		await client.answered(2);
		await web.until(() => response.closed);
		assert.deepEqual(names(web), []);
		void web.service.stop();
		await web.listenerClosed();
		await client.write("1234567890");
		assert.equal(brief(await client.fetch("/last")), '200 "answer to /last" close');
		await client.closed;
		await web.drained();
	});

	for (const [method, event, lines] of [
		["GET", "upgrade", ["Connection: Upgrade", "Upgrade: x"]],
		["CONNECT", "connect", []],
	] as const) {
		rule(
			`${method} that takes over a connection which has had a request is in flight until the socket closes`,
			async (t) => {
				const web = await ServedServer.open(t, kind);
				let taken: Duplex | undefined;
				web.server.on(event, (_: unknown, socket: Duplex) => {
					taken = socket.on("error", () => {}).resume();
				});
				const client = await web.idleConnection();
				client.ask(method, "/chat", ...lines);
				await web.until(() => taken !== undefined);
				assert.deepEqual(names(web), [`upgraded connection ${method} /chat`]);
				void web.service.stop();
				await web.listenerClosed();
				taken?.end();
				await client.closed;
				await web.drained();
			},
		);
	}

	rule("a request whose client goes before the stop is in flight until its response is ended", async (t) => {
		const web = await ServedServer.open(t, kind);
		const [first, second] = [await web.connect(), await web.idleConnection()];
		for (const [url, client] of [
			["/hold/first", first],
			["/hold/second", second],
		] as const) {
			client.get(url);
			const { response } = await web.handed(url);
			client.socket.destroy();
			await web.until(() => response.destroyed);
			assert.deepEqual(names(web), [`GET ${url} (its client has gone)`]);
			response.end("late");
			assert.deepEqual(names(web), []);
		}
		void web.service.stop();
		await web.drained();
	});
}
