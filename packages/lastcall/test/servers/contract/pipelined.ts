import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import type { Kind } from "../../support/http-kinds.ts";
import { brief } from "../responses.ts";
import { rule } from "../rule.ts";
import { ServedServer, stages } from "../served-server.ts";
import { echo } from "./echo.ts";

const urls = ["/1", "/2", "/3", "/4"];
const keptAlive = urls.map((url) => `200 "answer to ${url}" keep-alive`);
const expected = [...keptAlive.slice(0, -1), '200 "answer to /4" close'];

/** Of pipelined requests only the last gets Connection: close. */
export function pipelined(kind: Kind): void {
	for (const { when, begin } of stages) {
		rule(
			`of four requests in one write that are answered at once, only the last gets Connection: close, ${when}`,
			async (t) => {
				const web = await ServedServer.open(t, kind);
				const client = await web.connect();
				await begin(web);
				client.get(...urls);
				await client.closed;
				assert.deepEqual(client.responses.map(brief), expected);
				assert.equal(client.error, undefined);
				await web.drained();
			},
		);

		rule(
			`of four requests in one write that are answered a turn later, only the last gets Connection: close, ${when}`,
			async (t) => {
				const web = await ServedServer.open(t, kind, {
					handler: ({ url }, response) => {
						setImmediate(() => response.end(`answer to ${url}`));
						return true;
					},
				});
				const client = await web.connect();
				await begin(web);
				client.get(...urls);
				await client.closed;
				assert.deepEqual(client.responses.map(brief), expected);
				await web.drained();
			},
		);

		rule(
			`of four requests in one write that are answered in reverse, only the last gets Connection: close, ${when}`,
			async (t) => {
				const waiting: (() => void)[] = [];
				const web = await ServedServer.open(t, kind, {
					handler: ({ url }, response) => waiting.push(() => response.end(`answer to ${url}`)) > 0,
				});
				const client = await web.connect();
				await begin(web);
				client.get(...urls);
				await web.until(() => waiting.length === 4);
				for (const answer of waiting.reverse()) answer();
				await client.closed;
				assert.deepEqual(client.responses.map(brief), expected);
				await web.drained();
			},
		);

		rule(
			`of a request in flight and one pipelined after it, only the second gets Connection: close, ${when}`,
			async (t) => {
				const web = await ServedServer.open(t, kind);
				const client = await web.connect();
				client.get("/hold");
				const { response } = await web.handed("/hold");
				await begin(web);
				client.get("/second");
				await web.handed("/second");
				response.end("first");
				await client.closed;
				assert.deepEqual(client.responses.map(brief), ['200 "first" keep-alive', '200 "answer to /second" close']);
				await web.drained();
			},
		);

		rule(
			`of a POST with a body and a GET pipelined after it, only the GET gets Connection: close, ${when}`,
			async (t) => {
				const web = await ServedServer.open(t, kind, { handler: echo });
				const client = await web.connect();
				await begin(web);
				const post = client.head("POST", "/echo", "Content-Length: 5");
				void client.write(`${post}hello${client.head("GET", "/next")}`);
				await client.closed;
				assert.deepEqual(client.responses.map(brief), ['200 "hello" keep-alive', '200 "answer to /next" close']);
				await web.drained();
			},
		);
	}

	rule("of four requests in flight at the stop, only the last gets Connection: close", async (t) => {
		const held: ServerResponse[] = [];
		const web = await ServedServer.open(t, kind, { handler: (_, response) => held.push(response) > 0 });
		const client = await web.connect();
		client.get(...urls);
		await web.handed("/4");
		void web.service.stop();
		await web.listenerClosed();
		for (const [i, response] of held.entries()) response.end(`answer to ${urls[i]}`);
		await client.closed;
		assert.deepEqual(client.responses.map(brief), expected);
		await web.drained();
	});

	rule("many new connections with four pipelined requests each at the stop lose none of them", async (t) => {
		const web = await ServedServer.open(t, kind);
		const clients = await Promise.all(Array.from({ length: 20 }, () => web.connect()));
		for (const client of clients) client.get(...urls);
		void web.service.stop();
		for (const client of clients) {
			await client.closed;
			assert.deepEqual(client.responses.map(brief), expected);
		}
		await web.drained();
	});

	rule(
		"many kept-alive connections with four pipelined requests each at the stop and four after those lose none of them",
		async (t) => {
			// Clients and server share an event loop: a slow turn of it must not be the end of the linger.
			const web = await ServedServer.open(t, kind, { service: { lingerMs: 5_000 } });
			const clients = await Promise.all(Array.from({ length: 20 }, () => web.idleConnection()));
			for (const client of clients) client.get(...urls);
			void web.service.stop();
			await Promise.all(clients.map((client) => client.answered(5)));
			await web.listenerClosed();
			for (const client of clients) client.get(...urls);
			for (const client of clients) {
				await client.closed;
				// Where the machine was slow at the stop, the first four have waited for the listener, and are the last.
				const isFirstLast = client.responses.length === 1 + urls.length;
				assert.deepEqual(client.responses.slice(1).map(brief), isFirstLast ? expected : [...keptAlive, ...expected]);
			}
			await web.drained();
		},
	);
}
