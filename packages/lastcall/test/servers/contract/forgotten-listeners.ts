import assert from "node:assert/strict";
import type { Duplex } from "node:stream";
import type { Kind } from "../../support/http-kinds.ts";
import { brief } from "../responses.ts";
import { rule } from "../rule.ts";
import { ServedServer } from "../served-server.ts";

/** A program may remove every listener, including those by which lastcall learns of an end. */
export function forgottenListeners(kind: Kind): void {
	rule("a response without its listeners is in flight until it has ended", async (t) => {
		const web = await ServedServer.open(t, kind, {
			handler: (_, response) => {
				response.removeAllListeners("close");
				return false;
			},
		});
		const client = await web.idleConnection();
		client.get("/hold");
		const { response } = await web.handed("/hold");
		assert.deepEqual(
			web.service.inFlight().map(({ what }) => what),
			["GET /hold"],
		);
		response.end("whole");
		await client.answered(2);
		await web.until(() => response.closed);
		assert.deepEqual(web.service.inFlight(), []);
		void web.service.stop();
		await web.listenerClosed();
		assert.equal(brief(await client.fetch("/last")), '200 "answer to /last" close');
		await web.drained();
	});

	rule("an upgraded socket without its listeners is in flight until it has closed", async (t) => {
		const web = await ServedServer.open(t, kind);
		const upgraded: Duplex[] = [];
		web.server.on("upgrade", (_, socket: Duplex) => {
			socket.removeAllListeners();
			socket.on("error", () => {}).resume();
			socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
			upgraded.push(socket);
		});
		for (const left of [1, 2]) {
			const client = await web.connect();
			client.ask("GET", "/chat", "Connection: Upgrade", "Upgrade: x");
			await web.until(() => upgraded.length === left);
			assert.equal(web.service.inFlight().length, 1);
			if (left === 2) break;
			upgraded[0]?.end();
			await client.closed;
			await web.until(() => upgraded[0]?.closed === true);
			assert.deepEqual(web.service.inFlight(), []);
		}
		void web.service.stop();
		await web.listenerClosed();
		upgraded[1]?.end();
		await web.drained();
	});

	rule("a server without its listeners is drained all the same", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.connect();
		client.get("/hold");
		const { response } = await web.handed("/hold");
		web.server.removeAllListeners();
		void web.service.stop();
		await web.listenerClosed();
		response.end("whole");
		await client.closed;
		assert.deepEqual(client.responses.map(brief), ['200 "whole" close']);
		await web.drained();
	});
}
