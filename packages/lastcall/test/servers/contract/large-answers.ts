import assert from "node:assert/strict";
import { connectionOf } from "../answers.ts";
import type { Kind } from "../kinds.ts";
import { LINGER_MS, nodeMajor, rule, Scene, Site, type SiteOptions } from "../scene.ts";

const large = Buffer.alloc(20_000_000, "lastcall");

/** Answers that are written and not yet sent: their reader is slow, their connection not idle. */
export function largeAnswers(kind: Kind): void {
	const handler: Handler = (_, response) => {
		response.end(large);
		return true;
	};

	for (const lingerMs of [LINGER_MS, 0]) {
		rule(`20 MB, written before the stop, to who reads after the linger of ${lingerMs} ms`, async (t) => {
			const scene = await Scene.open(t, kind, { handler, service: { lingerMs } });
			const [client, bystander] = [await scene.connect({ paused: true }), await scene.connect()];
			client.get("/large");
			const { response } = await scene.handed("/large");
			void scene.service.stop();
			await bystander.closed;
			assert.equal(response.writableFinished, false);
			client.read();
			const [answer] = await client.answered();
			assert.ok(answer?.body.equals(large));
			assert.equal(connectionOf(answer), "keep-alive");
			await scene.drained();
		});

		rule(`20 MB, asked for while draining, to who reads after the linger of ${lingerMs} ms`, async (t) => {
			const scene = await Scene.open(t, kind, { handler, service: { lingerMs } });
			const [client, bystander] = [await scene.connect({ paused: true }), await scene.connect()];
			client.get("/large");
			void scene.service.stop();
			await bystander.closed;
			client.read();
			const [answer] = await client.answered();
			assert.ok(answer?.body.equals(large));
			assert.equal(connectionOf(answer), "close");
			await client.closed;
			assert.equal(client.error, undefined);
			await scene.drained();
		});
	}

	if (nodeMajor < 22) return;
	rule("negative control: close() cuts 20 MB that were written before it", async (t) => {
		const site = await Site.open(t, kind, { handler });
		const client = await site.connect({ paused: true });
		client.get("/large");
		await site.handed("/large");
		site.server.close();
		client.read();
		await client.closed;
		assert.equal(client.answers.length, 0);
	});
}

type Handler = NonNullable<SiteOptions["handler"]>;
