import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { block } from "../../support/block-loop.ts";
import type { Kind } from "../../support/http-kinds.ts";
import { BareServer } from "../bare-server.ts";
import { brief } from "../responses.ts";
import { rule } from "../rule.ts";
import { LINGER_MS, ServedServer } from "../served-server.ts";

/** Kept-alive connections between two requests. */
export function idle(kind: Kind): void {
	rule("idle connections are ended when the linger is over, not sooner and not by keepAliveTimeout", async (t) => {
		const web = await ServedServer.open(t, kind);
		const clients = [await web.idleConnection(), await web.idleConnection()];
		void web.service.stop();
		await Promise.all(clients.map(({ closed }) => closed));
		const { durationMs } = await web.drained();
		assert.ok(durationMs >= LINGER_MS, `${durationMs} ms`);
	});

	rule("a request that is in the kernel when the linger ends is answered", async (t) => {
		const web = await ServedServer.open(t, kind);
		const clients = await Promise.all(Array.from({ length: 10 }, () => web.idleConnection()));
		void web.service.stop();
		await web.listenerClosed();
		for (const client of clients) client.get("/next");
		block(3 * LINGER_MS);
		for (const client of clients) {
			await client.closed;
			assert.deepEqual(client.responses.slice(1).map(brief), ['200 "answer to /next" close']);
			assert.equal(client.error, undefined);
		}
		await web.drained();
	});

	rule(
		"a request that arrives within the linger is answered even where the program was busy since its last poll",
		async (t) => {
			// Long enough for a slow machine to send the requests in time.
			const lingerMs = 4 * LINGER_MS;
			const web = await ServedServer.open(t, kind, { service: { lingerMs } });
			const clients = await Promise.all(Array.from({ length: 10 }, () => web.idleConnection()));
			void web.service.stop();
			await web.listenerClosed();
			await nextTurn();
			// The next look is due now: its poll is that of the next turn.
			block(lingerMs / 2);
			// After that poll, and before the look.
			await nextTurn();
			for (const client of clients) client.get("/next");
			block(lingerMs);
			for (const client of clients) {
				await client.closed;
				assert.equal(client.error, undefined);
				assert.deepEqual(client.responses.slice(1).map(brief), ['200 "answer to /next" close']);
			}
			await web.drained();
		},
	);

	rule("a request that is in the kernel at the stop is answered", async (t) => {
		const expected = new Map<string, string>();
		const web = await ServedServer.open(t, kind, {
			// On a slow machine they wait until the listener is closed, as after any slow turn of the event loop.
			handler: ({ url = "" }) => {
				expected.set(url, `200 "answer to ${url}" ${web.server.listening ? "keep-alive" : "close"}`);
				return false;
			},
		});
		const clients = await Promise.all(Array.from({ length: 10 }, () => web.idleConnection()));
		for (const [i, client] of clients.entries()) client.get(`/${i}`);
		block(3 * LINGER_MS);
		void web.service.stop();
		for (const [i, client] of clients.entries()) {
			await client.closed;
			assert.equal(client.error, undefined);
			assert.deepEqual(client.responses.slice(1).map(brief), [expected.get(`/${i}`)]);
		}
		await web.drained();
	});

	rule("without a linger, requests that had arrived are answered, and idle connections are ended", async (t) => {
		const web = await ServedServer.open(t, kind, { service: { lingerMs: 0 } });
		const [asking, mute, untouched] = [await web.idleConnection(), await web.idleConnection(), await web.connect()];
		asking.get("/next");
		void web.service.stop();
		await Promise.all([asking.closed, mute.closed, untouched.closed]);
		assert.deepEqual(asking.responses.slice(1).map(brief), ['200 "answer to /next" keep-alive']);
		await web.drained();
	});

	rule("a server without connections is drained at once", async (t) => {
		const web = await ServedServer.open(t, kind, { service: { lingerMs: 60_000 } });
		void web.service.stop();
		await web.drained();
	});

	rule("when the last client closes its connection the drain is over before the linger is", async (t) => {
		const web = await ServedServer.open(t, kind, { service: { lingerMs: 60_000 } });
		const [quitter, answered] = [await web.idleConnection(), await web.idleConnection()];
		void web.service.stop();
		await web.listenerClosed();
		quitter.socket.end();
		assert.equal(brief(await answered.fetch("/next")), '200 "answer to /next" close');
		await web.drained();
	});

	rule("negative control: close() resets connections whose requests are on their way", async (t) => {
		const bare = await BareServer.open(t, kind);
		const clients = await Promise.all(Array.from({ length: 10 }, () => bare.idleConnection()));
		for (const client of clients) client.get("/next");
		bare.server.close();
		await Promise.all(clients.map(({ closed }) => closed));
		for (const client of clients) assert.equal(client.responses.length, 1);
	});
}
