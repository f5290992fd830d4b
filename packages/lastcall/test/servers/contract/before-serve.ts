import assert from "node:assert/strict";
import { once } from "node:events";
import type { TestContext } from "node:test";
import type { Kind } from "../../support/http-kinds.ts";
import type { Client } from "../client.ts";
import { brief } from "../responses.ts";
import { rule } from "../rule.ts";
import { LINGER_MS, ServedServer } from "../served-server.ts";

/** Connections that were accepted before the service knew the server. */
export function beforeServe(kind: Kind): void {
	rule("idle connections from before serve() are ended", async (t) => {
		const { web } = await servedLate(t, kind);
		void web.service.stop();
		await web.drained();
	});

	rule("idle connections from before serve() linger like any other", async (t) => {
		const { web } = await servedLate(t, kind);
		void web.service.stop();
		const { durationMs } = await web.drained();
		assert.ok(durationMs >= LINGER_MS, `ended after ${durationMs} ms`);
	});

	rule(
		"a request on a connection from before serve() that comes while draining is answered with Connection: close",
		async (t) => {
			const { web, client } = await servedLate(t, kind);
			void web.service.stop();
			await web.listenerClosed();
			assert.equal(brief(await client.fetch("/next")), '200 "answer to /next" close');
			await client.closed;
			await web.drained();
		},
	);

	rule(
		"a request in flight at the stop on a connection from before serve() is named, and answered with Connection: close",
		async (t) => {
			const { web, client } = await servedLate(t, kind);
			client.get("/hold");
			const { response } = await web.handed("/hold");
			void web.service.stop();
			await web.listenerClosed();
			assert.deepEqual(
				web.service.inFlight().map(({ what }) => what),
				["GET /hold"],
			);
			response.end("late");
			await client.answered(2);
			assert.equal(client.responses.map(brief)[1], '200 "late" close');
			await web.drained();
		},
	);

	rule("a request in flight since before serve() is answered", async (t) => {
		const web = new ServedServer(t, kind, {});
		await once(web.server.listen(0, "127.0.0.1"), "listening");
		const client = await web.connect();
		client.get("/hold");
		const { response } = await web.handed("/hold");
		await web.service.start((service) => service.serve("web", web.server));
		void web.service.stop();
		await web.listenerClosed();
		response.end("late");
		await client.answered();
		assert.equal(client.responses[0]?.body.toString(), "late");
		await web.drained();
	});

	rule("a connection with half a head from before serve() is ended by the server's own time limit", async (t) => {
		// The service can't distinguish it from a connection with a request in flight.
		const server = { requestTimeout: 300, headersTimeout: 300, connectionsCheckingInterval: 20 };
		const web = new ServedServer(t, kind, { server });
		await once(web.server.listen(0, "127.0.0.1"), "listening");
		const client = await web.idleConnection();
		await client.write("GET /never HTTP/1.1\r\nHost: loc");
		await web.service.start((service) => service.serve("web", web.server));
		void web.service.stop();
		await web.drained();
	});

	rule("a server that never listened is drained at once", async (t) => {
		const web = new ServedServer(t, kind, {});
		await web.service.start((service) => service.serve("web", web.server));
		void web.service.stop();
		await web.drained();
		assert.equal(web.closes, 0);
	});
}

/** A server with an idle connection, and a service that serves it only after that. */
async function servedLate(t: TestContext, kind: Kind): Promise<{ web: ServedServer; client: Client }> {
	const web = new ServedServer(t, kind, {});
	await once(web.server.listen(0, "127.0.0.1"), "listening");
	const client = await web.idleConnection();
	await web.service.start((service) => service.serve("web", web.server));
	return { web, client };
}
