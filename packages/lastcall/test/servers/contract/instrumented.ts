import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { type EventEmitter, once } from "node:events";
import { brief } from "../answers.ts";
import type { Kind } from "../kinds.ts";
import { rule, Scene } from "../scene.ts";

/** Instrumentations patch `emit`, some of them after the server is served. */
export function instrumented(kind: Kind): void {
	rule("emit that is patched on the class, after it is served, is called", async (t) => {
		const scene = await Scene.open(t, kind);
		const seen: unknown[] = [];
		const patched = Object.getPrototypeOf(scene.server) as EventEmitter;
		const own = Object.getOwnPropertyDescriptor(patched, "emit");
		const { emit } = patched;
		patched.emit = function (this: EventEmitter, event, ...args) {
			if (this === scene.server) seen.push(event);
			return emit.call(this, event, ...args);
		};
		t.after(() => {
			if (own === undefined) Reflect.deleteProperty(patched, "emit");
			else patched.emit = emit;
		});
		const client = await scene.idleConnection();
		assert.ok(seen.includes("request"), "while it runs");
		seen.length = 0;
		void scene.service.stop();
		await scene.listenerClosed();
		assert.equal(brief(await client.fetch("/held")), '200 "answer to /held" close');
		assert.ok(seen.includes("request"), "while it drains");
		await scene.drained();
	});

	rule(
		"emit that is patched on the server, after it is served: what was held is handed on in its own context",
		async (t) => {
			const context = new AsyncLocalStorage<string>();
			const contexts: unknown[] = [];
			const scene = await Scene.open(t, kind, { handler: () => contexts.push(context.getStore()) < 0 });
			const emitter: EventEmitter = scene.server;
			const { emit } = emitter;
			emitter.emit = (event, ...args) =>
				context.run(String((args[0] as { url?: string } | undefined)?.url), () => emit.call(emitter, event, ...args));
			const clients = [await scene.connect(), await scene.connect()];
			void scene.service.stop();
			for (const [i, client] of clients.entries()) client.get(`/${i}`);
			await Promise.all(clients.map(({ closed }) => closed));
			assert.deepEqual(contexts.sort(), ["/0", "/1"]);
			await scene.drained();
			// The patch is still there, and calls what is below it.
			await once(scene.server.listen(0, "127.0.0.1"), "listening");
			const client = await scene.connect();
			assert.equal(brief(await client.fetch("/again")), '200 "answer to /again" keep-alive');
		},
	);
}
