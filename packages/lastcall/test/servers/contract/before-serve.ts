import assert from "node:assert/strict";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { brief } from "../answers.ts";
import type { Client } from "../client.ts";
import type { Kind } from "../kinds.ts";
import { LINGER_MS, rule, Scene } from "../scene.ts";

/** Connections that were accepted before the service knew the server. */
export function beforeServe(kind: Kind): void {
	rule("those that never ask anything again are ended", async (t) => {
		const { scene } = await servedLate(t, kind);
		void scene.service.stop();
		await scene.drained();
	});

	rule("those that never ask anything again linger like any other", async (t) => {
		const { scene } = await servedLate(t, kind);
		void scene.service.stop();
		const { durationMs } = await scene.drained();
		assert.ok(durationMs >= LINGER_MS, `ended after ${durationMs} ms`);
	});

	rule("a request that comes in on one while draining is answered and says close", async (t) => {
		const { scene, client } = await servedLate(t, kind);
		void scene.service.stop();
		await scene.listenerClosed();
		assert.equal(brief(await client.fetch("/next")), '200 "answer to /next" close');
		await client.closed;
		await scene.drained();
	});

	rule("a request in flight on one at the stop is named, answered and says close", async (t) => {
		const { scene, client } = await servedLate(t, kind);
		client.get("/hold");
		const { response } = await scene.handed("/hold");
		void scene.service.stop();
		await scene.listenerClosed();
		assert.deepEqual(
			scene.service.inFlight().map(({ what }) => what),
			["GET /hold"],
		);
		response.end("late");
		await client.answered(2);
		assert.equal(client.answers.map(brief)[1], '200 "late" close');
		await scene.drained();
	});

	rule("a request in flight on one since before serve() is answered", async (t) => {
		const scene = new Scene(t, kind, {});
		await once(scene.server.listen(0, "127.0.0.1"), "listening");
		const client = await scene.connect();
		client.get("/hold");
		const { response } = await scene.handed("/hold");
		await scene.service.start((service) => service.serve("web", scene.server));
		void scene.service.stop();
		await scene.listenerClosed();
		response.end("late");
		await client.answered();
		assert.equal(client.answers[0]?.body.toString(), "late");
		await scene.drained();
	});

	rule("half a head on one from before serve() is ended by the server's own time limit", async (t) => {
		// Nobody can tell it from one with a request in flight.
		const server = { requestTimeout: 300, headersTimeout: 300, connectionsCheckingInterval: 20 };
		const scene = new Scene(t, kind, { server });
		await once(scene.server.listen(0, "127.0.0.1"), "listening");
		const client = await scene.idleConnection();
		await client.write("GET /never HTTP/1.1\r\nHost: loc");
		await scene.service.start((service) => service.serve("web", scene.server));
		void scene.service.stop();
		await scene.drained();
	});

	rule("a server that never listened is drained at once", async (t) => {
		const scene = new Scene(t, kind, {});
		await scene.service.start((service) => service.serve("web", scene.server));
		void scene.service.stop();
		await scene.drained();
		assert.equal(scene.closes, 0);
	});
}

/** A server with an idle connection, and a service that comes to serve it only then. */
async function servedLate(t: TestContext, kind: Kind): Promise<{ scene: Scene; client: Client }> {
	const scene = new Scene(t, kind, {});
	await once(scene.server.listen(0, "127.0.0.1"), "listening");
	const client = await scene.idleConnection();
	await scene.service.start((service) => service.serve("web", scene.server));
	return { scene, client };
}
