import assert from "node:assert/strict";
import { once } from "node:events";
import { createService } from "lastcall";
import type { Kind } from "../../support/http-kinds.ts";
import { BareServer, connectionsOf } from "../bare-server.ts";
import { brief } from "../responses.ts";
import { rule } from "../rule.ts";
import { ServedServer } from "../served-server.ts";

/** The state of the server before, during and after the drain. */
export function serverLife(kind: Kind): void {
	rule("the server emits close once, at the end of the drain", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.connect();
		client.get("/hold");
		const { response } = await web.handed("/hold");
		void web.service.stop();
		await web.listenerClosed();
		assert.equal(web.closes, 0);
		response.end();
		await web.drained();
		assert.equal(web.closes, 1);
		assert.equal(web.server.listening, false);
	});

	rule("the server has its own emit and listeners back after the drain", async (t) => {
		const web = new ServedServer(t, kind, {});
		const { emit } = web.server;
		const events = ["connection", "secureConnection", "request", "close", "error", "upgrade", "listening"];
		const before = events.map((event) => web.server.listenerCount(event));
		await web.service.start((service) => service.listen("web", web.server, { port: 0, host: "127.0.0.1" }));
		await web.idleConnection();
		void web.service.stop();
		await web.drained();
		assert.equal(web.server.emit, emit);
		assert.deepEqual(
			events.map((event) => web.server.listenerCount(event)),
			before,
		);
	});

	rule("a drained server can be served again, by another service", async (t) => {
		const web = await ServedServer.open(t, kind);
		await web.idleConnection();
		void web.service.stop();
		await web.drained();

		const next = createService({ log: false, gracePeriodMs: 120_000, lingerMs: 100 });
		t.after(() => next.stopNow());
		await next.start((service) => service.listen("again", web.server, { port: 0, host: "127.0.0.1" }));
		const client = await web.connect();
		assert.equal(brief(await client.fetch("/before")), '200 "answer to /before" keep-alive');
		client.get("/hold", "/behind");
		const { response } = await web.handed("/hold");
		assert.deepEqual(
			next.inFlight().map(({ name, what }) => `${name}: ${what}`),
			["again: GET /hold", "again: GET /behind"],
		);
		void next.stop();
		await web.listenerClosed();
		response.end("late");
		await client.closed;
		assert.deepEqual(client.responses.slice(1).map(brief), [
			'200 "late" keep-alive',
			'200 "answer to /behind" keep-alive',
		]);
		const report = await next.closed;
		assert.equal(report.ok, true);
		assert.equal(web.closes, 2);
		assert.equal(await connectionsOf(web.server), 0);
	});

	rule("serve() throws for a server that is served already", async (t) => {
		const web = await ServedServer.open(t, kind);
		const other = createService({ log: false });
		t.after(() => other.stopNow());
		const twice = { name: "TypeError", message: '"again": this server is served already, as "web"' };
		assert.throws(() => web.service.serve("again", web.server), twice);
		assert.throws(() => other.serve("again", web.server), twice);
		await assert.rejects(web.service.listen("again", web.server, 0), twice);
		const client = await web.idleConnection();
		client.get("/hold");
		const { response } = await web.handed("/hold");
		assert.equal(web.service.inFlight().length, 1);
		void web.service.stop();
		await web.listenerClosed();
		response.end("once");
		await client.closed;
		assert.equal(brief(client.responses.at(-1)), '200 "once" close');
		await web.drained();
	});

	rule("a drained server can listen again without a service, and ends connections as Node.js does", async (t) => {
		const web = await ServedServer.open(t, kind);
		void web.service.stop();
		await web.drained();

		await once(web.server.listen(0, "127.0.0.1"), "listening");
		const client = await web.connect({ stubborn: true });
		client.ask("GET", "/bye", "Connection: close");
		await client.answered();
		assert.deepEqual(client.responses.map(brief), ['200 "answer to /bye" close']);
		let count = 1;
		while (count > 0) {
			count = await connectionsOf(web.server);
			await web.until(() => true);
			t.signal.throwIfAborted();
			await new Promise(setImmediate);
		}
	});

	rule("listen() on a port that is taken rejects with the name, and the server can listen elsewhere", async (t) => {
		const other = await BareServer.open(t, kind);
		const web = new ServedServer(t, kind, {});
		await web.service.start();
		await assert.rejects(web.service.listen("web", web.server, { port: other.port, host: "127.0.0.1" }), {
			code: "EADDRINUSE",
			message: /"web".*EADDRINUSE/,
		});
		assert.equal(web.service.phase, "running");
		await web.service.listen("web", web.server, { port: 0, host: "127.0.0.1" });
		const client = await web.connect();
		assert.equal(brief(await client.fetch("/")), '200 "answer to /" keep-alive');
		void web.service.stop();
		await web.drained();
		assert.equal(web.closes, 1);
	});

	rule("two servers of one service are drained side by side", async (t) => {
		const web = await ServedServer.open(t, kind);
		const admin = new BareServer(t, kind, {});
		await web.service.listen("admin", admin.server, { port: 0, host: "127.0.0.1" });
		const [one, two] = [await web.connect(), await admin.connect()];
		one.get("/hold");
		const first = await web.handed("/hold");
		two.get("/hold");
		const second = await admin.handed("/hold");
		void web.service.stop();
		await web.until(() => !web.server.listening && !admin.server.listening);
		assert.deepEqual(
			web.service
				.inFlight()
				.map(({ name }) => name)
				.sort(),
			["admin", "web"],
		);
		first.response.end("one");
		second.response.end("two");
		await Promise.all([one.closed, two.closed]);
		assert.deepEqual([...one.responses, ...two.responses].map(brief), ['200 "one" close', '200 "two" close']);
		await web.drained();
	});
}
