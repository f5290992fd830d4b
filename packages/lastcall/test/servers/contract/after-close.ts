import assert from "node:assert/strict";
import type { Kind } from "../../support/http-kinds.ts";
import { type Exchange, readByServer } from "../bare-server.ts";
import type { Client } from "../client.ts";
import { connectionOf } from "../responses.ts";
import { rule } from "../rule.ts";
import { ServedServer } from "../served-server.ts";

/** Requests after a response with Connection: close are not executed: RFC 9112 §9.6. */
export function afterClose(kind: Kind): void {
	rule("a request after an incomplete response with Connection: close is not executed", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.connect();
		client.get("/hold");
		const { response } = await web.handed("/hold");
		void web.service.stop();
		await web.listenerClosed();
		response.write("some ");
		assert.equal(connectionOf(await client.headCame()), "close");
		await readByServer(web, response, () => client.get("/behind"));
		response.end("more");
		const [received] = await client.answered();
		assert.equal(received?.body.toString(), "some more");
		await client.closed;
		await web.drained();
		assert.equal(client.responses.length, 1);
		assert.deepEqual(web.executed, ["/hold"]);
	});

	// Over TLS, Node.js can't write to a client that has half-closed.
	for (const httpAllowHalfOpen of kind.opened === "connect" ? [false, true] : []) {
		rule(
			`a client that half-closes in the middle of a request after the last one gets its response: httpAllowHalfOpen ${httpAllowHalfOpen}`,
			async (t) => {
				const web = await ServedServer.open(t, kind);
				Object.assign(web.server, { httpAllowHalfOpen });
				const client = await web.connect();
				client.get("/hold");
				const { response } = await web.handed("/hold");
				void web.service.stop();
				await web.listenerClosed();
				response.write("some ");
				await client.headCame();
				await readByServer(web, response, () => {
					client.ask("POST", "/behind", "Content-Length: 5");
					client.socket.end();
				});
				response.end("more");
				await client.closed;
				assert.deepEqual(
					client.responses.map(({ body }) => body.toString()),
					["some more"],
				);
				await web.drained();
				assert.deepEqual(web.executed, ["/hold"]);
			},
		);
	}

	rule("a request after a complete response with Connection: close is not executed", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.idleConnection({ stubborn: true });
		void web.service.stop();
		await web.listenerClosed();
		assert.equal(connectionOf(await client.fetch("/last")), "close");
		client.get("/behind");
		await web.drained();
		assert.equal(client.responses.length, 2);
		assert.deepEqual(web.executed, ["/last"]);
	});

	rule("bytes that drip in after a response with Connection: close do not delay the drain", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.idleConnection({ stubborn: true });
		void web.service.stop();
		await web.listenerClosed();
		assert.equal(connectionOf(await client.fetch("/last")), "close");
		void client.write("GET /");
		const drip = setInterval(() => void client.write("x"), 20);
		t.after(() => clearInterval(drip));
		await web.drained();
		assert.deepEqual(web.executed, ["/last"]);
	});

	rule("a body, an upgrade and an expectation after a response with Connection: close are not executed", async (t) => {
		const web = await ServedServer.open(t, kind);
		let others = 0;
		for (const event of ["upgrade", "connect", "checkContinue"]) web.server.on(event, () => others++);
		const behind = [
			(client: Client) => client.ask("POST", "/behind", "Content-Length: 5"),
			(client: Client) => client.ask("GET", "/behind", "Connection: upgrade", "Upgrade: chat"),
			(client: Client) => client.ask("CONNECT", "behind:1"),
			(client: Client) => client.ask("POST", "/behind", "Content-Length: 5", "Expect: 100-continue"),
		];
		const clients = await Promise.all(behind.map(() => web.connect()));
		for (const [i, client] of clients.entries()) client.get(`/hold/${i}`);
		const exchanges = await Promise.all(clients.map((_, i) => web.handed(`/hold/${i}`)));
		void web.service.stop();
		await web.listenerClosed();
		for (const [i, client] of clients.entries()) {
			exchanges[i]?.response.write("some ");
			await client.headCame();
			const { response } = exchanges[i] as Exchange;
			await readByServer(web, response, () => behind[i]?.(client));
		}
		for (const [i, client] of clients.entries()) {
			exchanges[i]?.response.end("more");
			await client.closed;
			assert.deepEqual(
				client.responses.map(({ body }) => body.toString()),
				["some more"],
				`client ${i}: ${client.error}`,
			);
		}
		await web.drained();
		assert.deepEqual(web.executed.sort(), ["/hold/0", "/hold/1", "/hold/2", "/hold/3"]);
		assert.equal(others, 0);
	});
}
