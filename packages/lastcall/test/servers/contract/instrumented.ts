import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { type EventEmitter, once } from "node:events";
import type { Kind } from "../../support/http-kinds.ts";
import { brief } from "../responses.ts";
import { rule } from "../rule.ts";
import { ServedServer } from "../served-server.ts";

/** Instrumentations patch `emit`, some of them after the server is served. */
export function instrumented(kind: Kind): void {
	rule("an emit that is patched on the class after serve() is called", async (t) => {
		const web = await ServedServer.open(t, kind);
		const seen: unknown[] = [];
		const patched = Object.getPrototypeOf(web.server) as EventEmitter;
		const own = Object.getOwnPropertyDescriptor(patched, "emit");
		const { emit } = patched;
		patched.emit = function (this: EventEmitter, event, ...args) {
			if (this === web.server) seen.push(event);
			return emit.call(this, event, ...args);
		};
		t.after(() => {
			if (own === undefined) Reflect.deleteProperty(patched, "emit");
			else patched.emit = emit;
		});
		const client = await web.idleConnection();
		assert.ok(seen.includes("request"), "while it runs");
		seen.length = 0;
		void web.service.stop();
		await web.listenerClosed();
		assert.equal(brief(await client.fetch("/held")), '200 "answer to /held" close');
		assert.ok(seen.includes("request"), "while it drains");
		await web.drained();
	});

	rule(
		"an emit that is patched on the server after serve() is called for held requests in their own async context",
		async (t) => {
			const context = new AsyncLocalStorage<string>();
			const contexts: unknown[] = [];
			const web = await ServedServer.open(t, kind, { handler: () => contexts.push(context.getStore()) < 0 });
			const emitter: EventEmitter = web.server;
			const { emit } = emitter;
			emitter.emit = (event, ...args) =>
				context.run(String((args[0] as { url?: string } | undefined)?.url), () => emit.call(emitter, event, ...args));
			const clients = [await web.connect(), await web.connect()];
			void web.service.stop();
			for (const [i, client] of clients.entries()) client.get(`/${i}`);
			await Promise.all(clients.map(({ closed }) => closed));
			assert.deepEqual(contexts.sort(), ["/0", "/1"]);
			await web.drained();
			// The patch is still there, and calls what is below it.
			await once(web.server.listen(0, "127.0.0.1"), "listening");
			const client = await web.connect();
			assert.equal(brief(await client.fetch("/again")), '200 "answer to /again" keep-alive');
		},
	);
}
