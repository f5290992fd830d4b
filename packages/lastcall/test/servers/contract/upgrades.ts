import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { brief, connectionOf } from "../answers.ts";
import type { Client } from "../client.ts";
import type { Kind } from "../kinds.ts";
import { readByServer, rule, Scene, stages } from "../scene.ts";

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
		rule(`an upgraded connection is in flight by its name until it ends: ${event}`, async (t) => {
			const scene = await Scene.open(t, kind);
			const upgraded: Duplex[] = [];
			scene.server.on(event, (_: IncomingMessage, socket: Duplex) => {
				upgraded.push(socket);
				socket.write("HTTP/1.1 101 Go Ahead\r\n\r\n");
			});
			const [client, bystander] = [await scene.connect(), await scene.idleConnection()];
			ask(client);
			await client.cameText("\r\n\r\n");
			void scene.service.stop();
			await bystander.closed;
			const [entry, ...others] = scene.service.inFlight();
			assert.deepEqual([entry?.name, entry?.what], ["web", `upgraded connection ${name}`]);
			assert.deepEqual(others, []);
			upgraded[0]?.write("still here");
			await client.cameText("still here");
			upgraded[0]?.end();
			await client.closed;
			assert.equal(client.error, undefined);
			await scene.drained();
		});

		rule(`an upgraded connection that is never ended is left by its name: ${event}`, async (t) => {
			const scene = await Scene.open(t, kind);
			scene.server.on(event, (_: IncomingMessage, socket: Duplex) => {
				// What the hard stop does to it is nobody's error.
				socket.on("error", () => {});
				socket.write("HTTP/1.1 101 Go Ahead\r\n\r\n");
			});
			const client = await scene.connect();
			ask(client);
			await client.cameText("\r\n\r\n");
			void scene.service.stop();
			await scene.listenerClosed();
			const report = await scene.service.stopNow();
			assert.deepEqual(
				report.left.map(({ what }) => what),
				[`upgraded connection ${name}`],
			);
			await client.closed;
		});

		for (const { when, begin } of stages) {
			rule(`a new one gets a whole 503, ${when}: ${event}`, async (t) => {
				const scene = await Scene.open(t, kind);
				let upgraded = 0;
				scene.server.on(event, () => upgraded++);
				const [client, fresh] = [await scene.idleConnection(), await scene.connect()];
				await begin(scene);
				for (const { socket } of [client, fresh]) socket.cork();
				for (const each of [client, fresh]) {
					ask(each);
					void each.write("what the new protocol says first");
					each.socket.uncork();
				}
				await Promise.all([client.closed, fresh.closed]);
				for (const { answers, error } of [client, fresh]) {
					assert.equal(brief(answers.at(-1)), '503 "" close');
					assert.equal(error, undefined);
				}
				assert.equal(upgraded, 0);
				await scene.drained();
			});
		}

		rule(`one that its client resets while it is held is an error to nobody: ${event}`, async (t) => {
			const scene = await Scene.open(t, kind);
			let upgraded = 0;
			scene.server.on(event, () => upgraded++);
			const client = await scene.connect();
			void scene.service.stop();
			ask(client);
			await scene.until(() => scene.service.inFlight().length > 0);
			// TLS has no reset of its own.
			if (kind.opened === "connect") client.socket.resetAndDestroy();
			else client.socket.destroy();
			await scene.drained();
			assert.equal(upgraded, 0);
		});

		rule(`a client that never ends its side behind its 503 holds nothing: ${event}`, async (t) => {
			const scene = await Scene.open(t, kind);
			scene.server.on(event, () => {});
			const client = await scene.connect({ stubborn: true });
			void scene.service.stop();
			await scene.listenerClosed();
			ask(client);
			await client.answered();
			await scene.drained();
		});

		rule(`the answers before a new one are not lost: ${event}`, async (t) => {
			const scene = await Scene.open(t, kind);
			scene.server.on(event, () => {});
			const client = await scene.connect();
			client.get("/hold");
			const { response } = await scene.handed("/hold");
			void scene.service.stop();
			await scene.listenerClosed();
			await readByServer(scene, response, () => ask(client));
			response.end("first");
			await client.closed;
			assert.equal(client.error, undefined);
			const [first, refusal] = client.answers;
			assert.equal(first?.body.toString(), "first");
			// Either the first is the last answer, or the refusal is.
			assert.equal(connectionOf(refusal ?? first), "close");
			await scene.drained();
		});
	}

	rule("who asks for an upgrade that the server has no ear for is answered as ever", async (t) => {
		const scene = await Scene.open(t, kind);
		const client = await scene.idleConnection();
		void scene.service.stop();
		await scene.listenerClosed();
		client.ask("GET", "/chat", "Connection: Upgrade", "Upgrade: chat");
		await client.closed;
		assert.deepEqual(client.answers.slice(1).map(brief), ['200 "answer to /chat" close']);
		await scene.drained();
	});
}
