import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { brief } from "../answers.ts";
import type { Kind } from "../kinds.ts";
import { block, LINGER_MS, rule, Scene, Site } from "../scene.ts";

/** Kept-alive connections between two requests. */
export function idle(kind: Kind): void {
	rule("they are ended when the linger is over, not sooner and not by their own time limit", async (t) => {
		const scene = await Scene.open(t, kind);
		const clients = [await scene.idleConnection(), await scene.idleConnection()];
		void scene.service.stop();
		await Promise.all(clients.map(({ closed }) => closed));
		const { durationMs } = await scene.drained();
		assert.ok(durationMs >= LINGER_MS, `${durationMs} ms`);
	});

	rule("a request that is in the kernel when the linger ends is answered", async (t) => {
		const scene = await Scene.open(t, kind);
		const clients = await Promise.all(Array.from({ length: 10 }, () => scene.idleConnection()));
		void scene.service.stop();
		await scene.listenerClosed();
		for (const client of clients) client.get("/next");
		block(3 * LINGER_MS);
		for (const client of clients) {
			await client.closed;
			assert.deepEqual(client.answers.slice(1).map(brief), ['200 "answer to /next" close']);
			assert.equal(client.error, undefined);
		}
		await scene.drained();
	});

	rule(
		"a request that comes within the linger is answered, though the program was busy from its last poll on",
		async (t) => {
			const scene = await Scene.open(t, kind);
			const clients = await Promise.all(Array.from({ length: 10 }, () => scene.idleConnection()));
			void scene.service.stop();
			await scene.listenerClosed();
			await nextTurn();
			// The next look is due now: its poll is that of the next turn.
			block(LINGER_MS / 2);
			// After that poll, and before the look.
			await nextTurn();
			for (const client of clients) client.get("/next");
			block(LINGER_MS);
			for (const client of clients) {
				await client.closed;
				assert.equal(client.error, undefined);
				assert.deepEqual(client.answers.slice(1).map(brief), ['200 "answer to /next" close']);
			}
			await scene.drained();
		},
	);

	rule("a request that is in the kernel at the stop is answered", async (t) => {
		const scene = await Scene.open(t, kind);
		const clients = await Promise.all(Array.from({ length: 10 }, () => scene.idleConnection()));
		for (const client of clients) client.get("/next");
		block(3 * LINGER_MS);
		void scene.service.stop();
		for (const client of clients) {
			await client.closed;
			assert.equal(client.error, undefined);
			assert.deepEqual(client.answers.slice(1).map(brief), ['200 "answer to /next" keep-alive']);
		}
		await scene.drained();
	});

	rule("with no linger, what had arrived is answered and the rest ended", async (t) => {
		const scene = await Scene.open(t, kind, { service: { lingerMs: 0 } });
		const [asking, mute, untouched] = [
			await scene.idleConnection(),
			await scene.idleConnection(),
			await scene.connect(),
		];
		asking.get("/next");
		void scene.service.stop();
		await Promise.all([asking.closed, mute.closed, untouched.closed]);
		assert.deepEqual(asking.answers.slice(1).map(brief), ['200 "answer to /next" keep-alive']);
		await scene.drained();
	});

	rule("with nobody connected nothing is waited for", async (t) => {
		const scene = await Scene.open(t, kind, { service: { lingerMs: 60_000 } });
		void scene.service.stop();
		await scene.drained();
	});

	rule("when the last one leaves by itself nothing more is waited for", async (t) => {
		const scene = await Scene.open(t, kind, { service: { lingerMs: 60_000 } });
		const [quitter, answered] = [await scene.idleConnection(), await scene.idleConnection()];
		void scene.service.stop();
		await scene.listenerClosed();
		quitter.socket.end();
		assert.equal(brief(await answered.fetch("/next")), '200 "answer to /next" close');
		await scene.drained();
	});

	rule("negative control: close() resets who has just asked", async (t) => {
		const site = await Site.open(t, kind);
		const clients = await Promise.all(Array.from({ length: 10 }, () => site.idleConnection()));
		for (const client of clients) client.get("/next");
		site.server.close();
		await Promise.all(clients.map(({ closed }) => closed));
		for (const client of clients) assert.equal(client.answers.length, 1);
	});
}
