import assert from "node:assert/strict";
import { channel } from "node:diagnostics_channel";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { DiagnosticsMessage, HttpServer } from "lastcall";
import type { Kind } from "../../support/http-kinds.ts";
import { connectionsOf } from "../bare-server.ts";
import { brief } from "../responses.ts";
import { rule } from "../rule.ts";
import { ServedServer, stages } from "../served-server.ts";

/** Programs that close their server themselves, which they should not do. */
export function serverClosed(kind: Kind): void {
	rule("after close() before the stop, a request in flight is answered", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.connect();
		client.get("/hold");
		const { response } = await web.handed("/hold");
		web.server.close();
		void web.service.stop();
		response.end("late");
		await client.answered();
		assert.equal(client.responses[0]?.body.toString(), "late");
		await web.drained();
		assert.equal(web.closes, 1);
	});

	rule("a server that the program closed before the stop is drained at once", async (t) => {
		const web = await ServedServer.open(t, kind);
		await new Promise((resolve) => web.server.close(resolve));
		void web.service.stop();
		await web.drained();
		assert.equal(web.closes, 1);
	});

	rule("after close() on the drain signal, a request in flight is answered", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.connect();
		client.get("/hold");
		const { response } = await web.handed("/hold");
		web.service.drainSignal.addEventListener("abort", () => web.server.close());
		void web.service.stop();
		response.end("late");
		await client.answered();
		assert.equal(client.responses[0]?.body.toString(), "late");
		await web.drained();
		assert.equal(web.closes, 1);
	});

	rule("after close() while the accept queue is emptied, a server without connections is drained", async (t) => {
		const web = await ServedServer.open(t, kind);
		void web.service.stop();
		const closed = new Promise((resolve) => web.server.close(resolve));
		await web.drained();
		await closed;
		assert.equal(web.closes, 1);
	});

	rule("after close() while the accept queue is emptied, a request in flight is answered", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.connect();
		client.get("/hold");
		const { response } = await web.handed("/hold");
		void web.service.stop();
		const closed = new Promise((resolve) => web.server.close(resolve));
		response.end("late");
		await client.answered();
		assert.equal(client.responses[0]?.body.toString(), "late");
		await web.drained();
		await closed;
		assert.equal(web.closes, 1);
	});

	rule("after close() once the listener is closed, a request in flight is answered", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.connect();
		client.get("/hold");
		const { response } = await web.handed("/hold");
		void web.service.stop();
		await web.listenerClosed();
		const closed = new Promise((resolve) => web.server.close(resolve));
		response.end("late");
		await client.closed;
		assert.deepEqual(client.responses.map(brief), ['200 "late" close']);
		await web.drained();
		await closed;
		assert.equal(web.closes, 1);
	});

	rule("close() in the handler of the last request does not disturb the drain", async (t) => {
		const web = await ServedServer.open(t, kind, {
			handler: ({ url }) => {
				if (url === "/close") web.server.close();
				return false;
			},
		});
		const client = await web.idleConnection();
		void web.service.stop();
		await web.listenerClosed();
		assert.equal(brief(await client.fetch("/close")), '200 "answer to /close" close');
		await web.drained();
		assert.equal(web.closes, 1);
	});

	for (const { when, begin } of [
		...stages,
		{ when: "while lame duck", begin: async ({ service }: ServedServer) => void service.stop() },
	]) {
		rule(`close() ${when} ends no idle connection: its next request is answered`, async (t) => {
			const lameDuckMs = when === "while lame duck" ? 50 : 0;
			const web = await ServedServer.open(t, kind, { service: { lingerMs: 60_000, lameDuckMs } });
			const clients = [await web.idleConnection(), await web.idleConnection()];
			await begin(web);
			const closed = new Promise((resolve) => web.server.close(resolve));
			// What close() ends would be ended in its own turn.
			await nextTurn();
			for (const client of clients) assert.match(brief(await client.fetch("/next")), /^200 "answer to \/next"/);
			for (const client of clients) client.socket.end();
			await web.drained();
			await closed;
			assert.equal(web.closes, 1);
			assert.equal(Object.hasOwn(web.server, "closeIdleConnections"), false, "it is left as it was");
		});
	}

	rule("a closeIdleConnections() of the program's own is restored after the drain", async (t) => {
		const web = await ServedServer.open(t, kind);
		const own = (): void => {};
		web.server.closeIdleConnections = own;
		void web.service.stop();
		assert.notEqual(web.server.closeIdleConnections, own);
		await web.drained();
		assert.equal(web.server.closeIdleConnections, own);
	});

	rule(
		"close() during the lame duck leaves the listener open, and calls back without an error at the end",
		async (t) => {
			const web = await ServedServer.open(t, kind, { service: { lameDuckMs: 50 } });
			const warnings = warningsOf(t, web);
			const client = await web.idleConnection();
			void web.service.stop();
			const closed = new Promise((resolve) => web.server.close(resolve));
			assert.equal(web.server.close(), web.server);
			assert.equal(web.server.listening, true);
			const fresh = await web.connect();
			for (const each of [client, fresh]) assert.match(brief(await each.fetch("/next")), /^200 "answer to \/next"/);
			await web.drained();
			assert.equal(await closed, undefined);
			assert.equal(web.closes, 1);
			assert.deepEqual(warnings, [["close", "web", "server.close()", "server-closed.js"]]);
		},
	);

	rule("close() at the stop resets no connection in the accept queue", async (t) => {
		const web = await ServedServer.open(t, kind);
		const clients = Array.from({ length: 50 }, () => web.dial());
		await Promise.all(clients.map(({ socket }) => once(socket, "connect")));
		for (const client of clients) client.get("/queued");
		assert.ok((await connectionsOf(web.server)) < 50, "the accept queue is empty: this test proves nothing");
		void web.service.stop();
		const closed = new Promise((resolve) => web.server.close(resolve));
		for (const client of clients) await client.answered();
		await web.drained();
		assert.equal(await closed, undefined);
	});

	rule("closeIdleConnections() at the stop ends no connection, and causes a warning", async (t) => {
		const web = await ServedServer.open(t, kind, { service: { lingerMs: 60_000 } });
		const warnings = warningsOf(t, web);
		const client = await web.idleConnection();
		void web.service.stop();
		web.server.closeIdleConnections();
		await nextTurn();
		assert.match(brief(await client.fetch("/next")), /^200 "answer to \/next"/);
		client.socket.end();
		await web.drained();
		assert.deepEqual(warnings, [["close", "web", "server.closeIdleConnections()", "server-closed.js"]]);
	});

	rule("a close() of the program's own is left alone", async (t) => {
		const web = await ServedServer.open(t, kind);
		const own = (): HttpServer => web.server;
		web.server.close = own;
		void web.service.stop();
		assert.equal(web.server.close, own);
		await web.drained();
		Reflect.deleteProperty(web.server, "close");
	});

	rule(
		"close() after the shutdown calls back without an error, as if it were the first to close the server",
		async (t) => {
			const web = await ServedServer.open(t, kind);
			const warnings = warningsOf(t, web);
			void web.service.stop();
			await web.drained();
			for (let calls = 0; calls < 2; calls++) {
				assert.equal(await new Promise((resolve) => assert.equal(web.server.close(resolve), web.server)), undefined);
				await web.server[Symbol.asyncDispose]();
				web.server.close();
				await nextTurn();
			}
			assert.equal(web.closes, 1);
			assert.deepEqual(warnings, []);
			web.server.closeIdleConnections();
			web.server.closeAllConnections();
		},
	);

	rule(
		"a listener for close that is added after the shutdown is called once, by the program's own close()",
		async (t) => {
			const web = await ServedServer.open(t, kind);
			void web.service.stop();
			await web.drained();
			let calls = 0;
			web.server.on("close", () => calls++);
			const once = new Promise((resolve) => web.server.once("close", resolve));
			web.server.close();
			await once;
			web.server.close();
			await nextTurn();
			assert.deepEqual([calls, web.closes], [1, 1]);
		},
	);

	rule("a server that listens again after the shutdown is closed by its own close()", async (t) => {
		const web = await ServedServer.open(t, kind);
		void web.service.stop();
		await web.drained();
		for (const expected of [undefined, "ERR_SERVER_NOT_RUNNING"]) {
			if (expected === undefined) await once(web.server.listen(0, "127.0.0.1"), "listening");
			const error = await new Promise<unknown>((resolve) => web.server.close(resolve));
			assert.equal((error as NodeJS.ErrnoException | undefined)?.code, expected);
		}
		assert.equal(Object.hasOwn(web.server, "close"), false, "it is left as it was");
		assert.equal(Object.hasOwn(web.server, Symbol.asyncDispose), false, "it is left as it was");
	});

	rule("close() in a closer calls back without an error", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.idleConnection();
		web.service.defer(
			"own",
			() =>
				new Promise<void>((resolve, reject) => {
					web.server.close((error) => (error === undefined ? resolve() : reject(error)));
				}),
		);
		void web.service.stop();
		await client.closed;
		await web.drained();
	});

	rule("close() in a closer after the hard stop calls back without an error", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.connect();
		client.get("/hold");
		await web.handed("/hold");
		web.service.defer(
			"own",
			() =>
				new Promise<void>((resolve, reject) => {
					web.server.close((error) => (error === undefined ? resolve() : reject(error)));
				}),
		);
		void web.service.stop();
		await web.listenerClosed();
		const { errors, closers } = await web.service.stopNow();
		assert.deepEqual([errors, closers.map(({ outcome }) => outcome)], [[], ["closed"]]);
		await client.closed;
	});

	rule("close() after the hard stop is Node.js's own, and causes no warning", async (t) => {
		const web = await ServedServer.open(t, kind);
		const warnings = warningsOf(t, web);
		const client = await web.connect();
		client.get("/hold");
		await web.handed("/hold");
		web.service.hardStopSignal.addEventListener("abort", () => setImmediate(() => web.server.close()));
		await web.service.stopNow();
		await client.closed;
		assert.deepEqual(warnings, []);
	});

	for (const early of [true, false]) {
		rule(
			`closeAllConnections() ${early ? "while the accept queue is emptied" : "once the listener is closed"} closes all connections, and causes a warning`,
			async (t) => {
				const web = await ServedServer.open(t, kind);
				const warnings = warningsOf(t, web);
				const [busy, idle] = [await web.connect(), await web.idleConnection()];
				busy.get("/hold");
				await web.handed("/hold");
				void web.service.stop();
				if (!early) await web.listenerClosed();
				web.server.closeAllConnections();
				await web.drained();
				await Promise.all([busy.closed, idle.closed]);
				assert.equal(web.closes, 1);
				assert.deepEqual(warnings, [["close", "web", "server.closeAllConnections()", "server-closed.js"]]);
			},
		);
	}

	rule("a second stop does not change the drain", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.idleConnection();
		void web.service.stop();
		void web.service.stop();
		await web.listenerClosed();
		void web.service.stop();
		assert.equal(brief(await client.fetch("/next")), '200 "answer to /next" close');
		await web.drained();
		assert.equal(web.closes, 1);
	});
}

/** The warnings of this service: the code, the server, what was called and the file in which it was. */
function warningsOf(t: TestContext, web: ServedServer): (string | undefined)[][] {
	const warnings: (string | undefined)[][] = [];
	const hear = (message: unknown): void => {
		const { event, service } = message as DiagnosticsMessage;
		if (event.type !== "warning" || service !== web.service) return;
		const { warning } = event;
		const [, name, method, file] =
			/^"(.*)": (server\.\w+\(\)) was called at \S*?([^/]+):\d+:\d+ /.exec(warning.message) ?? [];
		warnings.push([warning.code, name, method, file]);
	};
	channel("lastcall").subscribe(hear);
	t.after(() => channel("lastcall").unsubscribe(hear));
	return warnings;
}
