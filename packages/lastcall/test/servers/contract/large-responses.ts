import assert from "node:assert/strict";
import type { Kind } from "../../support/http-kinds.ts";
import { nodeMajor } from "../../support/node-major.ts";
import { BareServer, type BareServerOptions } from "../bare-server.ts";
import { connectionOf } from "../responses.ts";
import { rule } from "../rule.ts";
import { LINGER_MS, ServedServer } from "../served-server.ts";

const large = Buffer.alloc(20_000_000, "lastcall");

/** Responses that are written and not yet sent: their reader is slow, and their connection is not idle. */
export function largeResponses(kind: Kind): void {
	const handler: Handler = (_, response) => {
		response.end(large);
		return true;
	};

	for (const lingerMs of [LINGER_MS, 0]) {
		rule(
			`20 MB that were written before the stop reach a client that reads after the linger of ${lingerMs} ms`,
			async (t) => {
				const web = await ServedServer.open(t, kind, { handler, service: { lingerMs } });
				const [client, bystander] = [await web.connect({ paused: true }), await web.connect()];
				client.get("/large");
				const { response } = await web.handed("/large");
				void web.service.stop();
				await bystander.closed;
				assert.equal(response.writableFinished, false);
				client.read();
				const [received] = await client.answered();
				assert.ok(received?.body.equals(large));
				assert.equal(connectionOf(received), "keep-alive");
				await web.drained();
			},
		);

		rule(
			`20 MB that were requested while draining reach a client that reads after the linger of ${lingerMs} ms`,
			async (t) => {
				const web = await ServedServer.open(t, kind, { handler, service: { lingerMs } });
				const [client, bystander] = [await web.connect({ paused: true }), await web.connect()];
				client.get("/large");
				void web.service.stop();
				await bystander.closed;
				client.read();
				const [received] = await client.answered();
				assert.ok(received?.body.equals(large));
				assert.equal(connectionOf(received), "close");
				await client.closed;
				assert.equal(client.error, undefined);
				await web.drained();
			},
		);
	}

	if (nodeMajor < 22) return;
	rule("negative control: close() cuts 20 MB that were written before it", async (t) => {
		const bare = await BareServer.open(t, kind, { handler });
		const client = await bare.connect({ paused: true });
		client.get("/large");
		await bare.handed("/large");
		bare.server.close();
		client.read();
		await client.closed;
		assert.equal(client.responses.length, 0);
	});
}

type Handler = NonNullable<BareServerOptions["handler"]>;
