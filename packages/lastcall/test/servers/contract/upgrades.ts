import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Kind } from "../../support/http-kinds.ts";
import { readByServer } from "../bare-server.ts";
import type { Client } from "../client.ts";
import { brief, connectionOf } from "../responses.ts";
import { rule } from "../rule.ts";
import { ServedServer, stages } from "../served-server.ts";

interface Protocol {
	readonly event: "upgrade" | "connect";
	readonly name: string;
	readonly ask: (client: Client) => void;
}

const protocols: readonly Protocol[] = [
	{
		event: "upgrade",
		name: "GET /chat",
		ask: (client) => client.ask("GET", "/chat", "Connection: Upgrade", "Upgrade: chat"),
	},
	{ event: "connect", name: "CONNECT db:5432", ask: (client) => client.ask("CONNECT", "db:5432") },
];

/** Connections that are no longer HTTP's. */
export function upgrades(kind: Kind): void {
	for (const { event, name, ask } of protocols) {
		rule(`an upgraded connection is in flight by name until it ends (${event})`, async (t) => {
			const web = await ServedServer.open(t, kind);
			const upgraded: Duplex[] = [];
			web.server.on(event, (_: IncomingMessage, socket: Duplex) => {
				upgraded.push(socket);
				socket.write("HTTP/1.1 101 Go Ahead\r\n\r\n");
			});
			const [client, bystander] = [await web.connect(), await web.idleConnection()];
			ask(client);
			await client.cameText("\r\n\r\n");
			void web.service.stop();
			await bystander.closed;
			const [entry, ...others] = web.service.inFlight();
			assert.deepEqual([entry?.name, entry?.what], ["web", `upgraded connection ${name}`]);
			assert.deepEqual(others, []);
			upgraded[0]?.write("still here");
			await client.cameText("still here");
			upgraded[0]?.end();
			await client.closed;
			assert.equal(client.error, undefined);
			await web.drained();
		});

		rule(`an upgraded connection that is never ended is left by name (${event})`, async (t) => {
			const web = await ServedServer.open(t, kind);
			web.server.on(event, (_: IncomingMessage, socket: Duplex) => {
				// The hard stop may cause an error on it, which is expected.
				socket.on("error", () => {});
				socket.write("HTTP/1.1 101 Go Ahead\r\n\r\n");
			});
			const client = await web.connect();
			ask(client);
			await client.cameText("\r\n\r\n");
			void web.service.stop();
			await web.listenerClosed();
			const report = await web.service.stopNow();
			assert.deepEqual(
				report.left.map(({ what }) => what),
				[`upgraded connection ${name}`],
			);
			await client.closed;
		});

		for (const { when, begin } of stages) {
			rule(`a request for an upgrade gets a complete 503, ${when} (${event})`, async (t) => {
				const web = await ServedServer.open(t, kind);
				let upgraded = 0;
				web.server.on(event, () => upgraded++);
				const [client, fresh] = [await web.idleConnection(), await web.connect()];
				await begin(web);
				for (const { socket } of [client, fresh]) socket.cork();
				for (const each of [client, fresh]) {
					ask(each);
					void each.write("what the new protocol says first");
					each.socket.uncork();
				}
				await Promise.all([client.closed, fresh.closed]);
				for (const { responses, error } of [client, fresh]) {
					assert.equal(brief(responses.at(-1)), '503 "" close');
					assert.equal(error, undefined);
				}
				assert.equal(upgraded, 0);
				await web.drained();
			});
		}

		rule(`a held request for an upgrade that its client resets causes no error (${event})`, async (t) => {
			const web = await ServedServer.open(t, kind);
			let upgraded = 0;
			web.server.on(event, () => upgraded++);
			const client = await web.connect();
			void web.service.stop();
			ask(client);
			await web.until(() => web.service.inFlight().length > 0);
			// TLS sockets can't reset.
			if (kind.opened === "connect") client.socket.resetAndDestroy();
			else client.socket.destroy();
			await web.drained();
			assert.equal(upgraded, 0);
		});

		rule(`a client that never closes its side after its 503 does not delay the drain (${event})`, async (t) => {
			const web = await ServedServer.open(t, kind);
			web.server.on(event, () => {});
			const client = await web.connect({ stubborn: true });
			void web.service.stop();
			await web.listenerClosed();
			ask(client);
			await client.answered();
			await web.drained();
		});

		rule(`the responses before a request for an upgrade are not lost (${event})`, async (t) => {
			const web = await ServedServer.open(t, kind);
			web.server.on(event, () => {});
			const client = await web.connect();
			client.get("/hold");
			const { response } = await web.handed("/hold");
			void web.service.stop();
			await web.listenerClosed();
			await readByServer(web, response, () => ask(client));
			response.end("first");
			await client.closed;
			assert.equal(client.error, undefined);
			const [first, refusal] = client.responses;
			assert.equal(first?.body.toString(), "first");
			// Either the first response is the last one, or the refusal is.
			assert.equal(connectionOf(refusal ?? first), "close");
			await web.drained();
		});
	}

	rule("a request for an upgrade is answered as usual by a server that has no upgrade listener", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.idleConnection();
		void web.service.stop();
		await web.listenerClosed();
		client.ask("GET", "/chat", "Connection: Upgrade", "Upgrade: chat");
		await client.closed;
		assert.deepEqual(client.responses.slice(1).map(brief), ['200 "answer to /chat" close']);
		await web.drained();
	});
}
