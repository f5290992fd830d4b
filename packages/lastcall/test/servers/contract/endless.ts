import assert from "node:assert/strict";
import { IncomingMessage } from "node:http";
import type { Kind } from "../../support/http-kinds.ts";
import type { Client } from "../client.ts";
import { brief, connectionOf } from "../responses.ts";
import { rule } from "../rule.ts";
import { ServedServer, type ServedServerOptions, stages } from "../served-server.ts";

const REQUEST = "GET /flood HTTP/1.1\r\nHost: x\r\n\r\n";
/** How much Node.js reads at once. */
const CHUNK_BYTES = 65_536;
const FLOOD_BYTES = 100 * CHUNK_BYTES;
const MOST_IN_FLIGHT = 1_000;
/** The requests in the chunk that reaches the limit are parsed, and those in the chunks on their way. */
const MOST_PARSED = MOST_IN_FLIGHT + 3 * (CHUNK_BYTES / REQUEST.length);

/** A client that pipelines without end: its requests are not kept, and no other client has to wait for it. */
export function endless(kind: Kind): void {
	rule("requests that are pipelined without end after a complete last response are not kept", async (t) => {
		const { web, parsed } = await counting(t, kind, { service: { lingerMs: 60_000 } });
		const client = await web.idleConnection({ stubborn: true });
		void web.service.stop();
		await web.listenerClosed();
		assert.equal(connectionOf(await client.fetch("/last")), "close");
		await flood(client, FLOOD_BYTES);
		assert.ok(parsed() < MOST_PARSED, `${parsed()} parsed`);
		client.socket.end();
		await web.drained();
		assert.equal(client.error, undefined);
		assert.deepEqual(web.executed, ["/last"]);
	});

	rule("requests that are pipelined without end after an incomplete last response are not kept", async (t) => {
		const { web, parsed } = await counting(t, kind);
		const [client, other] = [await web.connect(), await web.connect()];
		client.get("/hold/1");
		other.get("/hold/2");
		const [{ response }, { response: second }] = [await web.handed("/hold/1"), await web.handed("/hold/2")];
		void web.service.stop();
		await web.listenerClosed();
		response.write("some ");
		assert.equal(connectionOf(await client.headCame()), "close");
		await flood(client, FLOOD_BYTES);
		assert.ok(parsed() < MOST_PARSED, `${parsed()} parsed`);
		second.end("other");
		response.end("more");
		await Promise.all([client.closed, other.closed]);
		assert.deepEqual(client.responses.map(brief), ['200 "some more" close']);
		assert.deepEqual(other.responses.map(brief), ['200 "other" close']);
		await web.drained();
	});

	for (const { when, begin } of stages) {
		rule(
			`of requests that are pipelined without end ${when}, a limited number is answered, the last with Connection: close`,
			async (t) => {
				const held: (() => void)[] = [];
				const { web, parsed } = await counting(t, kind, {
					handler: ({ url }, response) => {
						if (url === "/flood") held.push(() => response.end("ok"));
						return url === "/flood";
					},
				});
				const client = await web.connect();
				client.get("/flood");
				await web.handed("/flood");
				await begin(web);
				await flood(client, FLOOD_BYTES);
				assert.ok(parsed() < MOST_PARSED, `${parsed()} parsed`);
				await web.until(() => held.length === MOST_IN_FLIGHT);
				for (const answer of held) answer();
				await client.answered(MOST_IN_FLIGHT);
				await client.closed;
				assert.deepEqual([...new Set(client.responses.slice(0, -1).map(connectionOf))], ["keep-alive"]);
				assert.equal(brief(client.responses.at(-1)), '200 "ok" close');
				await web.drained();
			},
		);
	}

	rule("a client that never stops pipelining does not delay the drain", async (t) => {
		const { web, parsed } = await counting(t, kind);
		const client = await web.idleConnection({ stubborn: true });
		void web.service.stop();
		await web.listenerClosed();
		assert.equal(connectionOf(await client.fetch("/last")), "close");
		const sending = flood(client, Number.POSITIVE_INFINITY);
		await web.drained();
		await sending;
		assert.ok(parsed() < MOST_PARSED, `${parsed()} parsed`);
	});
}

/** A server that counts the requests that Node.js has parsed. */
async function counting(
	t: Parameters<typeof ServedServer.open>[0],
	kind: Kind,
	options: ServedServerOptions = {},
): Promise<{ web: ServedServer; parsed: () => number }> {
	let count = 0;
	class Counted extends IncomingMessage {
		constructor(...args: ConstructorParameters<typeof IncomingMessage>) {
			super(...args);
			count++;
		}
	}
	const web = await ServedServer.open(t, kind, { ...options, server: { IncomingMessage: Counted } });
	return { web, parsed: () => count };
}

/** Sends as fast as it is taken, until the connection has ended. */
async function flood({ socket, closed }: Client, bytes: number): Promise<void> {
	const chunk = REQUEST.repeat(Math.ceil(CHUNK_BYTES / REQUEST.length));
	for (let sent = 0; sent < bytes && !socket.destroyed; sent += chunk.length) {
		await Promise.race([new Promise((resolve) => socket.write(chunk, resolve)), closed]);
	}
}
