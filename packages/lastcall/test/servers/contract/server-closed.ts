import assert from "node:assert/strict";
import { channel } from "node:diagnostics_channel";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { DiagnosticsMessage, HttpServer } from "lastcall";
import { brief } from "../answers.ts";
import type { Kind } from "../kinds.ts";
import { connectionsOf, rule, Scene, stages } from "../scene.ts";

/** Programs that close their server themselves, although they should not. */
export function serverClosed(kind: Kind): void {
	rule("close() before the stop, with a request in flight", async (t) => {
		const scene = await Scene.open(t, kind);
		const client = await scene.connect();
		client.get("/hold");
		const { response } = await scene.handed("/hold");
		scene.server.close();
		void scene.service.stop();
		response.end("late");
		await client.answered();
		assert.equal(client.answers[0]?.body.toString(), "late");
		await scene.drained();
		assert.equal(scene.closes, 1);
	});

	rule("close() before the stop, and done by then", async (t) => {
		const scene = await Scene.open(t, kind);
		await new Promise((resolve) => scene.server.close(resolve));
		void scene.service.stop();
		await scene.drained();
		assert.equal(scene.closes, 1);
	});

	rule("close() when the program hears of the stop", async (t) => {
		const scene = await Scene.open(t, kind);
		const client = await scene.connect();
		client.get("/hold");
		const { response } = await scene.handed("/hold");
		scene.service.drainSignal.addEventListener("abort", () => scene.server.close());
		void scene.service.stop();
		response.end("late");
		await client.answered();
		assert.equal(client.answers[0]?.body.toString(), "late");
		await scene.drained();
		assert.equal(scene.closes, 1);
	});

	rule("close() while the accept queue is emptied, with nobody connected", async (t) => {
		const scene = await Scene.open(t, kind);
		void scene.service.stop();
		const closed = new Promise((resolve) => scene.server.close(resolve));
		await scene.drained();
		await closed;
		assert.equal(scene.closes, 1);
	});

	rule("close() while the accept queue is emptied, with a request in flight", async (t) => {
		const scene = await Scene.open(t, kind);
		const client = await scene.connect();
		client.get("/hold");
		const { response } = await scene.handed("/hold");
		void scene.service.stop();
		const closed = new Promise((resolve) => scene.server.close(resolve));
		response.end("late");
		await client.answered();
		assert.equal(client.answers[0]?.body.toString(), "late");
		await scene.drained();
		await closed;
		assert.equal(scene.closes, 1);
	});

	rule("close() once the listener is closed, with a request in flight", async (t) => {
		const scene = await Scene.open(t, kind);
		const client = await scene.connect();
		client.get("/hold");
		const { response } = await scene.handed("/hold");
		void scene.service.stop();
		await scene.listenerClosed();
		const closed = new Promise((resolve) => scene.server.close(resolve));
		response.end("late");
		await client.closed;
		assert.deepEqual(client.answers.map(brief), ['200 "late" close']);
		await scene.drained();
		await closed;
		assert.equal(scene.closes, 1);
	});

	rule("close() in the last handler", async (t) => {
		const scene = await Scene.open(t, kind, {
			handler: ({ url }) => {
				if (url === "/close") scene.server.close();
				return false;
			},
		});
		const client = await scene.idleConnection();
		void scene.service.stop();
		await scene.listenerClosed();
		assert.equal(brief(await client.fetch("/close")), '200 "answer to /close" close');
		await scene.drained();
		assert.equal(scene.closes, 1);
	});

	for (const { when, begin } of [
		...stages,
		{ when: "while lame duck", begin: async ({ service }: Scene) => void service.stop() },
	]) {
		rule(`close() ${when} ends no idle connection: its next request is answered`, async (t) => {
			const lameDuckMs = when === "while lame duck" ? 50 : 0;
			const scene = await Scene.open(t, kind, { service: { lingerMs: 60_000, lameDuckMs } });
			const clients = [await scene.idleConnection(), await scene.idleConnection()];
			await begin(scene);
			const closed = new Promise((resolve) => scene.server.close(resolve));
			// What close() ends is ended in its own turn.
			await nextTurn();
			for (const client of clients) assert.match(brief(await client.fetch("/next")), /^200 "answer to \/next"/);
			for (const client of clients) client.socket.end();
			await scene.drained();
			await closed;
			assert.equal(scene.closes, 1);
			assert.equal(Object.hasOwn(scene.server, "closeIdleConnections"), false, "it is left as it was");
		});
	}

	rule("closeIdleConnections() of the program's own is given back", async (t) => {
		const scene = await Scene.open(t, kind);
		const own = (): void => {};
		scene.server.closeIdleConnections = own;
		void scene.service.stop();
		assert.notEqual(scene.server.closeIdleConnections, own);
		await scene.drained();
		assert.equal(scene.server.closeIdleConnections, own);
	});

	rule(
		"close() while lame duck: the listener stays open, and its caller hears of the end without an error",
		async (t) => {
			const scene = await Scene.open(t, kind, { service: { lameDuckMs: 50 } });
			const warnings = warningsOf(t, scene);
			const client = await scene.idleConnection();
			void scene.service.stop();
			const closed = new Promise((resolve) => scene.server.close(resolve));
			assert.equal(scene.server.close(), scene.server);
			assert.equal(scene.server.listening, true);
			const newcomer = await scene.connect();
			for (const each of [client, newcomer]) assert.match(brief(await each.fetch("/next")), /^200 "answer to \/next"/);
			await scene.drained();
			assert.equal(await closed, undefined);
			assert.equal(scene.closes, 1);
			assert.deepEqual(warnings, [["close", "web", "server.close()", "server-closed.js"]]);
			assert.equal(Object.hasOwn(scene.server, "close"), false, "it is left as it was");
		},
	);

	rule("close() at the stop resets none of those that wait in the accept queue", async (t) => {
		const scene = await Scene.open(t, kind);
		const clients = Array.from({ length: 50 }, () => scene.dial());
		await Promise.all(clients.map(({ socket }) => once(socket, "connect")));
		for (const client of clients) client.get("/queued");
		assert.ok((await connectionsOf(scene.server)) < 50, "nobody waits: this test proves nothing");
		void scene.service.stop();
		const closed = new Promise((resolve) => scene.server.close(resolve));
		for (const client of clients) await client.answered();
		await scene.drained();
		assert.equal(await closed, undefined);
	});

	rule("closeIdleConnections() at the stop ends none, and is told of", async (t) => {
		const scene = await Scene.open(t, kind, { service: { lingerMs: 60_000 } });
		const warnings = warningsOf(t, scene);
		const client = await scene.idleConnection();
		void scene.service.stop();
		scene.server.closeIdleConnections();
		await nextTurn();
		assert.match(brief(await client.fetch("/next")), /^200 "answer to \/next"/);
		client.socket.end();
		await scene.drained();
		assert.deepEqual(warnings, [["close", "web", "server.closeIdleConnections()", "server-closed.js"]]);
	});

	rule("close() of the program's own is left alone", async (t) => {
		const scene = await Scene.open(t, kind);
		const own = (): HttpServer => scene.server;
		scene.server.close = own;
		void scene.service.stop();
		assert.equal(scene.server.close, own);
		await scene.drained();
		Reflect.deleteProperty(scene.server, "close");
	});

	rule("close() once everything is closed says that it is, as Node.js does", async (t) => {
		const scene = await Scene.open(t, kind);
		void scene.service.stop();
		await scene.drained();
		const error = await new Promise((resolve) => scene.server.close(resolve));
		assert.equal((error as NodeJS.ErrnoException).code, "ERR_SERVER_NOT_RUNNING");
	});

	rule("close() behind the hard stop is Node.js's own", async (t) => {
		const scene = await Scene.open(t, kind);
		const warnings = warningsOf(t, scene);
		const client = await scene.connect();
		client.get("/hold");
		await scene.handed("/hold");
		scene.service.hardStopSignal.addEventListener("abort", () => setImmediate(() => scene.server.close()));
		await scene.service.stopNow();
		await client.closed;
		assert.deepEqual(warnings, []);
	});

	for (const early of [true, false]) {
		rule(
			`closeAllConnections() ${early ? "while the accept queue is emptied" : "once the listener is closed"}`,
			async (t) => {
				const scene = await Scene.open(t, kind);
				const warnings = warningsOf(t, scene);
				const [busy, idle] = [await scene.connect(), await scene.idleConnection()];
				busy.get("/hold");
				await scene.handed("/hold");
				void scene.service.stop();
				if (!early) await scene.listenerClosed();
				scene.server.closeAllConnections();
				await scene.drained();
				await Promise.all([busy.closed, idle.closed]);
				assert.equal(scene.closes, 1);
				assert.deepEqual(warnings, [["close", "web", "server.closeAllConnections()", "server-closed.js"]]);
			},
		);
	}

	rule("a second stop changes nothing", async (t) => {
		const scene = await Scene.open(t, kind);
		const client = await scene.idleConnection();
		void scene.service.stop();
		void scene.service.stop();
		await scene.listenerClosed();
		void scene.service.stop();
		assert.equal(brief(await client.fetch("/next")), '200 "answer to /next" close');
		await scene.drained();
		assert.equal(scene.closes, 1);
	});
}

/** The warnings of this service: the code, the server, what was called and the file in which it was. */
function warningsOf(t: TestContext, scene: Scene): (string | undefined)[][] {
	const warnings: (string | undefined)[][] = [];
	const hear = (told: unknown): void => {
		const { event, service } = told as DiagnosticsMessage;
		if (event.type !== "warning" || service !== scene.service) return;
		const { warning } = event;
		const [, name, method, file] =
			/^"(.*)": (server\.\w+\(\)) was called at \S*?([^/]+):\d+:\d+ /.exec(warning.message) ?? [];
		warnings.push([warning.code, name, method, file]);
	};
	channel("lastcall").subscribe(hear);
	t.after(() => channel("lastcall").unsubscribe(hear));
	return warnings;
}
