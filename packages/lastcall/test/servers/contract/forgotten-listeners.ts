import assert from "node:assert/strict";
import type { Duplex } from "node:stream";
import { brief } from "../answers.ts";
import type { Kind } from "../kinds.ts";
import { rule, Scene } from "../scene.ts";

/** A program may take away every listener, also those by which the end of something would be heard. */
export function forgottenListeners(kind: Kind): void {
	rule("those of a response: it is in flight until it has ended", async (t) => {
		const scene = await Scene.open(t, kind, {
			handler: (_, response) => {
				response.removeAllListeners("close");
				return false;
			},
		});
		const client = await scene.idleConnection();
		client.get("/hold");
		const { response } = await scene.handed("/hold");
		assert.deepEqual(
			scene.service.inFlight().map(({ what }) => what),
			["GET /hold"],
		);
		response.end("whole");
		await client.answered(2);
		await scene.until(() => response.closed);
		assert.deepEqual(scene.service.inFlight(), []);
		void scene.service.stop();
		await scene.listenerClosed();
		assert.equal(brief(await client.fetch("/last")), '200 "answer to /last" close');
		await scene.drained();
	});

	rule("those of an upgraded socket: it is in flight until it has closed", async (t) => {
		const scene = await Scene.open(t, kind);
		const upgraded: Duplex[] = [];
		scene.server.on("upgrade", (_, socket: Duplex) => {
			socket.removeAllListeners();
			socket.on("error", () => {}).resume();
			socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
			upgraded.push(socket);
		});
		for (const left of [1, 2]) {
			const client = await scene.connect();
			client.ask("GET", "/chat", "Connection: Upgrade", "Upgrade: x");
			await scene.until(() => upgraded.length === left);
			assert.equal(scene.service.inFlight().length, 1);
			if (left === 2) break;
			upgraded[0]?.end();
			await client.closed;
			await scene.until(() => upgraded[0]?.closed === true);
			assert.deepEqual(scene.service.inFlight(), []);
		}
		void scene.service.stop();
		await scene.listenerClosed();
		upgraded[1]?.end();
		await scene.drained();
	});

	rule("those of the server: it is drained all the same", async (t) => {
		const scene = await Scene.open(t, kind);
		const client = await scene.connect();
		client.get("/hold");
		const { response } = await scene.handed("/hold");
		scene.server.removeAllListeners();
		void scene.service.stop();
		await scene.listenerClosed();
		response.end("whole");
		await client.closed;
		assert.deepEqual(client.answers.map(brief), ['200 "whole" close']);
		await scene.drained();
	});
}
