import assert from "node:assert/strict";
import { once } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import { block } from "../../support/block-loop.ts";
import type { Kind } from "../../support/http-kinds.ts";
import { brief, connectionOf } from "../responses.ts";
import { rule } from "../rule.ts";
import { LINGER_MS, ServedServer, stages } from "../served-server.ts";

/** If it takes longer than this until a request is served, the turn may count as slow (from 20 ms on). */
const QUICK_MS = 15;

/** The last response on a connection has Connection: close. */
export function lastResponse(kind: Kind): void {
	rule("a request in flight at the stop is answered with Connection: close once the listener is closed", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.connect();
		client.get("/hold");
		const { response } = await web.handed("/hold");
		void web.service.stop();
		await web.listenerClosed();
		assert.deepEqual(
			web.service.inFlight().map(({ name, what }) => `${name}: ${what}`),
			["web: GET /hold"],
		);
		response.end("late");
		const [received] = await client.answered();
		assert.equal(brief(received), '200 "late" close');
		await web.drained();
	});

	rule("a request in flight that is answered while the accept queue is emptied keeps its connection", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.connect();
		client.get("/hold");
		const { response } = await web.handed("/hold");
		void web.service.stop();
		response.end("late");
		assert.deepEqual((await client.answered()).map(brief), ['200 "late" keep-alive']);
		await web.listenerClosed();
		assert.equal(brief(await client.fetch("/next")), '200 "answer to /next" close');
		await web.drained();
	});

	rule(
		"kept-alive connections are served as before while the accept queue is emptied, and with Connection: close after that",
		async (t) => {
			const served: string[] = [];
			let [stoppedAt, servedAt] = [0, 0];
			const web = await ServedServer.open(t, kind, {
				handler: ({ url }) => {
					servedAt ||= stoppedAt && performance.now();
					served.push(`${url} ${web.server.listening ? "before" : "after"}`);
					return false;
				},
			});
			const [fresh, client] = [await web.connect(), await web.idleConnection()];
			fresh.get("/fresh");
			client.get("/1", "/2");
			stoppedAt = performance.now();
			void web.service.stop();
			await client.answered(3);
			if (servedAt - stoppedAt > QUICK_MS) {
				t.skip("the machine was too slow: kept-alive connections wait after a slow turn of the event loop");
				return;
			}
			await web.listenerClosed();
			assert.equal(brief(await client.fetch("/last")), '200 "answer to /last" close');
			await Promise.all([client.closed, fresh.closed]);
			assert.deepEqual(client.responses.slice(1, 3).map(connectionOf), ["keep-alive", "keep-alive"]);
			assert.deepEqual(fresh.responses.map(brief), ['200 "answer to /fresh" close']);
			assert.deepEqual(served, ["/first before", "/1 before", "/2 before", "/fresh after", "/last after"]);
			assert.equal(client.error, undefined);
			await web.drained();
		},
	);

	rule(
		"after a slow turn of the event loop requests on kept-alive connections wait for the listener too",
		async (t) => {
			const served: string[] = [];
			const web = await ServedServer.open(t, kind, {
				handler: ({ url }) => {
					served.push(`${url} ${web.server.listening ? "before" : "after"}`);
					return false;
				},
			});
			const client = await web.idleConnection();
			void web.service.stop();
			// One is accepted in each turn, so the queue is not empty for some turns.
			const fresh = Array.from({ length: 20 }, () => web.dial());
			await Promise.all(fresh.map(({ socket }) => once(socket, "connect")));
			block(60);
			// The look that was due meanwhile, and the poll after it.
			for (let turns = 0; turns < 3; turns++) await nextTurn();
			assert.equal(web.server.listening, true);
			assert.equal(brief(await client.fetch("/kept")), '200 "answer to /kept" close');
			assert.deepEqual(served, ["/first before", "/kept after"]);
			await web.drained();
		},
	);

	rule("a request on an idle connection is answered with Connection: close once the listener is closed", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.idleConnection();
		void web.service.stop();
		await web.listenerClosed();
		assert.equal(brief(await client.fetch("/next")), '200 "answer to /next" close');
		await client.closed;
		assert.equal(client.error, undefined);
		await web.drained();
	});

	rule(
		"a request with Connection: close on a kept-alive connection waits until the listener is closed, like new connections",
		async (t) => {
			const web = await ServedServer.open(t, kind);
			const client = await web.idleConnection();
			void web.service.stop();
			client.ask("GET", "/bye", "Connection: close");
			await web.until(() => web.service.inFlight().length > 0);
			assert.deepEqual(web.executed, []);
			await client.closed;
			assert.equal(web.server.listening, false);
			assert.deepEqual(client.responses.slice(1).map(brief), ['200 "answer to /bye" close']);
			await web.drained();
		},
	);

	for (const { when, begin } of stages) {
		rule(`the first request on a new connection is answered with Connection: close, ${when}`, async (t) => {
			const web = await ServedServer.open(t, kind);
			const client = await web.connect();
			await begin(web);
			assert.equal(brief(await client.fetch("/next")), '200 "answer to /next" close');
			await web.drained();
		});

		rule(`responses to HEAD and with status 204 and 304 have Connection: close, ${when}`, async (t) => {
			const web = await ServedServer.open(t, kind, {
				handler: ({ url }, response) => {
					if (Number(url?.slice(1)) > 0) response.writeHead(Number(url?.slice(1)), { etag: "x" }).end();
					return response.writableEnded;
				},
			});
			const [head, none, unchanged] = [await web.connect(), await web.connect(), await web.connect()];
			await begin(web);
			head.ask("HEAD", "/body");
			none.get("/204");
			unchanged.get("/304");
			await head.closed;
			await none.closed;
			await unchanged.closed;
			assert.deepEqual(head.responses.map(brief), ['200 "" close']);
			assert.deepEqual(none.responses.map(brief), ['204 "" close']);
			assert.deepEqual(unchanged.responses.map(brief), ['304 "" close']);
			await web.drained();
		});

		rule(`an HTTP/1.0 client is answered, with keep-alive and without, ${when}`, async (t) => {
			const web = await ServedServer.open(t, kind);
			const [plain, keptAlive] = [await web.connect(), await web.connect()];
			await begin(web);
			void plain.write("GET /plain HTTP/1.0\r\n\r\n");
			void keptAlive.write("GET /kept-alive HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
			await Promise.all([plain.closed, keptAlive.closed]);
			assert.deepEqual(plain.responses.map(brief), ['200 "answer to /plain" close']);
			assert.deepEqual(keptAlive.responses.map(brief), ['200 "answer to /kept-alive" close']);
			await web.drained();
		});

		rule(`a request with Connection: close is answered with Connection: close, ${when}`, async (t) => {
			const web = await ServedServer.open(t, kind);
			const client = await web.idleConnection();
			await begin(web);
			client.ask("GET", "/bye", "Connection: close");
			await client.closed;
			assert.deepEqual(client.responses.slice(1).map(brief), ['200 "answer to /bye" close']);
			await web.drained();
		});
	}

	rule("no response has Connection: close before the stop", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.connect();
		client.get("/1", "/2");
		assert.deepEqual((await client.answered(2)).map(connectionOf), ["keep-alive", "keep-alive"]);
		void web.service.stop();
		await web.drained();
	});

	rule("a connection that ends in the turn in which the drain looks at it is not left over", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.connect();
		client.get("/hold");
		const { response } = await web.handed("/hold");
		void web.service.stop();
		await web.listenerClosed();
		// The drain's next look is due at once, right after this.
		setImmediate(() => response.socket?.destroy());
		block(LINGER_MS / 2);
		await web.drained();
		assert.equal(web.closes, 1);
	});

	rule("a request whose client has gone while it was held is not executed", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.connect();
		void web.service.stop();
		await client.write(client.head("GET", "/gone"));
		await web.until(() => web.service.inFlight().length > 0);
		client.socket.destroy();
		await web.drained();
		assert.deepEqual(web.executed, []);
	});

	rule("a client that sends another request after each response can't delay the drain", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.idleConnection();
		let asked = 1;
		client.socket.on("data", () => client.get(`/again/${++asked}`));
		client.get("/again/1");
		await client.answered(3);
		void web.service.stop();
		await web.drained();
		await client.closed;
		const last = client.responses.at(-1);
		assert.equal(connectionOf(last), "close");
		assert.equal(web.executed.length, client.responses.length - 1);
	});
}
