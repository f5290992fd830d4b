import assert from "node:assert/strict";
import { once } from "node:events";
import { createService } from "lastcall";
import { brief } from "../answers.ts";
import type { Kind } from "../kinds.ts";
import { connectionsOf, rule, Scene, Site } from "../scene.ts";

/** What the server itself is like, before, during and after. */
export function serverLife(kind: Kind): void {
	rule("its close is heard once, at the end", async (t) => {
		const scene = await Scene.open(t, kind);
		const client = await scene.connect();
		client.get("/hold");
		const { response } = await scene.handed("/hold");
		void scene.service.stop();
		await scene.listenerClosed();
		assert.equal(scene.closes, 0);
		response.end();
		await scene.drained();
		assert.equal(scene.closes, 1);
		assert.equal(scene.server.listening, false);
	});

	rule("it is left as it was found", async (t) => {
		const scene = new Scene(t, kind, {});
		const { emit } = scene.server;
		const events = ["connection", "secureConnection", "request", "close", "error", "upgrade", "listening"];
		const before = events.map((event) => scene.server.listenerCount(event));
		await scene.service.start((service) => service.listen("web", scene.server, { port: 0, host: "127.0.0.1" }));
		await scene.idleConnection();
		void scene.service.stop();
		await scene.drained();
		assert.equal(scene.server.emit, emit);
		assert.deepEqual(
			events.map((event) => scene.server.listenerCount(event)),
			before,
		);
	});

	rule("it can be served again, by another service", async (t) => {
		const scene = await Scene.open(t, kind);
		await scene.idleConnection();
		void scene.service.stop();
		await scene.drained();

		const next = createService({ log: false, gracePeriodMs: 120_000, lingerMs: 100 });
		t.after(() => next.stopNow());
		await next.start((service) => service.listen("again", scene.server, { port: 0, host: "127.0.0.1" }));
		const client = await scene.connect();
		assert.equal(brief(await client.fetch("/before")), '200 "answer to /before" keep-alive');
		client.get("/hold", "/behind");
		const { response } = await scene.handed("/hold");
		assert.deepEqual(
			next.inFlight().map(({ name, what }) => `${name}: ${what}`),
			["again: GET /hold", "again: GET /behind"],
		);
		void next.stop();
		await scene.listenerClosed();
		response.end("late");
		await client.closed;
		assert.deepEqual(client.answers.slice(1).map(brief), [
			'200 "late" keep-alive',
			'200 "answer to /behind" keep-alive',
		]);
		const report = await next.closed;
		assert.equal(report.ok, true);
		assert.equal(scene.closes, 2);
		assert.equal(await connectionsOf(scene.server), 0);
	});

	rule("it can't be served twice at the same time", async (t) => {
		const scene = await Scene.open(t, kind);
		const other = createService({ log: false });
		t.after(() => other.stopNow());
		const twice = { name: "TypeError", message: '"again": this server is served already, as "web"' };
		assert.throws(() => scene.service.serve("again", scene.server), twice);
		assert.throws(() => other.serve("again", scene.server), twice);
		await assert.rejects(scene.service.listen("again", scene.server, 0), twice);
		const client = await scene.idleConnection();
		client.get("/hold");
		const { response } = await scene.handed("/hold");
		assert.equal(scene.service.inFlight().length, 1);
		void scene.service.stop();
		await scene.listenerClosed();
		response.end("once");
		await client.closed;
		assert.equal(brief(client.answers.at(-1)), '200 "once" close');
		await scene.drained();
	});

	rule("it can listen again on its own, and ends connections as Node does", async (t) => {
		const scene = await Scene.open(t, kind);
		void scene.service.stop();
		await scene.drained();

		await once(scene.server.listen(0, "127.0.0.1"), "listening");
		const client = await scene.connect({ stubborn: true });
		client.ask("GET", "/bye", "Connection: close");
		await client.answered();
		assert.deepEqual(client.answers.map(brief), ['200 "answer to /bye" close']);
		let count = 1;
		while (count > 0) {
			count = await connectionsOf(scene.server);
			await scene.until(() => true);
			t.signal.throwIfAborted();
			await new Promise(setImmediate);
		}
	});

	rule("a port that is taken is refused by name, and the server can listen elsewhere", async (t) => {
		const other = await Site.open(t, kind);
		const scene = new Scene(t, kind, {});
		await scene.service.start();
		await assert.rejects(scene.service.listen("web", scene.server, { port: other.port, host: "127.0.0.1" }), {
			code: "EADDRINUSE",
			message: /"web".*EADDRINUSE/,
		});
		assert.equal(scene.service.phase, "running");
		await scene.service.listen("web", scene.server, { port: 0, host: "127.0.0.1" });
		const client = await scene.connect();
		assert.equal(brief(await client.fetch("/")), '200 "answer to /" keep-alive');
		void scene.service.stop();
		await scene.drained();
		assert.equal(scene.closes, 1);
	});

	rule("two servers of one service are drained side by side", async (t) => {
		const scene = await Scene.open(t, kind);
		const admin = new Site(t, kind, {});
		await scene.service.listen("admin", admin.server, { port: 0, host: "127.0.0.1" });
		const [one, two] = [await scene.connect(), await admin.connect()];
		one.get("/hold");
		const first = await scene.handed("/hold");
		two.get("/hold");
		const second = await admin.handed("/hold");
		void scene.service.stop();
		await scene.until(() => !scene.server.listening && !admin.server.listening);
		assert.deepEqual(
			scene.service
				.inFlight()
				.map(({ name }) => name)
				.sort(),
			["admin", "web"],
		);
		first.response.end("one");
		second.response.end("two");
		await Promise.all([one.closed, two.closed]);
		assert.deepEqual([...one.answers, ...two.answers].map(brief), ['200 "one" close', '200 "two" close']);
		await scene.drained();
	});
}
