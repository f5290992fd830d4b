import assert from "node:assert/strict";
import { once } from "node:events";
import type { Kind } from "../kinds.ts";
import { rule, Scene } from "../scene.ts";

/** The signal that a handler without an end of its own listens to. */
export function signals(kind: Kind): void {
	rule("it aborts when its client has gone", async (t) => {
		const scene = await Scene.open(t, kind);
		const client = await scene.connect();
		client.get("/hold");
		const { response } = await scene.handed("/hold");
		const signal = scene.service.drainSignalFor(response);
		assert.equal(signal.aborted, false);
		const aborted = once(signal, "abort");
		client.socket.destroy();
		await aborted;
		assert.equal((signal.reason as Error).name, "AbortError");
		assert.equal(scene.service.drainSignalFor(response).aborted, true);
	});

	rule("it doesn't when the answer is out", async (t) => {
		const scene = await Scene.open(t, kind);
		const client = await scene.connect();
		client.get("/hold");
		const { response } = await scene.handed("/hold");
		const signal = scene.service.drainSignalFor(response);
		response.end("done");
		await Promise.all([once(response, "close"), client.answered()]);
		assert.equal(signal.aborted, false);
		await scene.service.stop();
		assert.equal(signal.aborted, false);
	});

	rule("one that is asked for when the client has gone has aborted", async (t) => {
		const scene = await Scene.open(t, kind);
		const client = await scene.connect();
		client.get("/hold");
		const { response } = await scene.handed("/hold");
		client.socket.destroy();
		await once(response, "close");
		assert.equal(scene.service.drainSignalFor(response).aborted, true);
	});

	rule("one that is asked for while draining aborts soon", async (t) => {
		const scene = await Scene.open(t, kind, { service: { lingerMs: 60_000 } });
		const client = await scene.idleConnection();
		void scene.service.stop();
		await scene.listenerClosed();
		client.get("/hold");
		const { response } = await scene.handed("/hold");
		const signal = scene.service.drainSignalFor(response);
		await scene.until(() => signal.aborted);
		response.end("no news");
		await client.closed;
		await scene.drained();
	});

	rule("what isn't an answer is refused", async (t) => {
		const { service } = await Scene.open(t, kind);
		for (const [wrong, quoted] of [
			[undefined, "undefined"],
			[{}, "Object"],
		] as const) {
			assert.throws(() => service.drainSignalFor(wrong as never), {
				name: "TypeError",
				message: `drainSignalFor: wanted a response (ServerResponse), got ${quoted}`,
			});
		}
	});

	rule("a long poll that listens to it is answered whole, and says close", async (t) => {
		const scene = await Scene.open(t, kind);
		const client = await scene.connect();
		client.get("/hold");
		const { response } = await scene.handed("/hold");
		scene.service.drainSignalFor(response).addEventListener("abort", () => response.writeHead(204).end());
		void scene.service.stop();
		await client.closed;
		assert.deepEqual(
			client.answers.map(({ status }) => status),
			[204],
		);
		assert.equal(client.error, undefined);
		await scene.drained();
	});
}
