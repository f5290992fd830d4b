import assert from "node:assert/strict";
import { once } from "node:events";
import type { Kind } from "../../support/http-kinds.ts";
import { rule } from "../rule.ts";
import { ServedServer } from "../served-server.ts";

/** The signal for handlers whose response has no end of its own. */
export function signals(kind: Kind): void {
	rule("the signal of a response aborts when its client has gone", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.connect();
		client.get("/hold");
		const { response } = await web.handed("/hold");
		const signal = web.service.drainSignalFor(response);
		assert.equal(signal.aborted, false);
		const aborted = once(signal, "abort");
		client.socket.destroy();
		await aborted;
		assert.equal((signal.reason as Error).name, "AbortError");
		assert.equal(web.service.drainSignalFor(response).aborted, true);
	});

	rule("the signal of a response doesn't abort after the response is complete", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.connect();
		client.get("/hold");
		const { response } = await web.handed("/hold");
		const signal = web.service.drainSignalFor(response);
		response.end("done");
		await Promise.all([once(response, "close"), client.answered()]);
		assert.equal(signal.aborted, false);
		await web.service.stop();
		assert.equal(signal.aborted, false);
	});

	rule("a signal that is asked for after the client has gone has aborted", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.connect();
		client.get("/hold");
		const { response } = await web.handed("/hold");
		client.socket.destroy();
		await once(response, "close");
		assert.equal(web.service.drainSignalFor(response).aborted, true);
	});

	rule("a signal that is asked for while draining aborts soon", async (t) => {
		const web = await ServedServer.open(t, kind, { service: { lingerMs: 60_000 } });
		const client = await web.idleConnection();
		void web.service.stop();
		await web.listenerClosed();
		client.get("/hold");
		const { response } = await web.handed("/hold");
		const signal = web.service.drainSignalFor(response);
		await web.until(() => signal.aborted);
		response.end("no news");
		await client.closed;
		await web.drained();
	});

	rule("drainSignalFor() with a value that is not a response throws", async (t) => {
		const { service } = await ServedServer.open(t, kind);
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

	rule(
		"a long poll that responds when its signal aborts is answered completely, and its connection closed",
		async (t) => {
			const web = await ServedServer.open(t, kind);
			const client = await web.connect();
			client.get("/hold");
			const { response } = await web.handed("/hold");
			web.service.drainSignalFor(response).addEventListener("abort", () => response.writeHead(204).end());
			void web.service.stop();
			await client.closed;
			assert.deepEqual(
				client.responses.map(({ status }) => status),
				[204],
			);
			assert.equal(client.error, undefined);
			await web.drained();
		},
	);
}
