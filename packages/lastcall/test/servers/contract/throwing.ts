import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { Kind } from "../../support/http-kinds.ts";
import { brief } from "../responses.ts";
import { rule } from "../rule.ts";
import { ServedServer, stages } from "../served-server.ts";

/** A handler that throws causes an uncaught error; other requests are answered all the same. */
export function throwing(kind: Kind): void {
	for (const { when, begin } of stages) {
		rule(`requests after one whose handler throws are not lost, ${when}`, async (t) => {
			const uncaught = catchUncaught(t);
			const web = await ServedServer.open(t, kind, {
				handler: ({ url }) => {
					if (url === "/throws") throw new Error("the handler's own");
					return false;
				},
			});
			const clients = await Promise.all(Array.from({ length: 4 }, () => web.connect()));
			const [first, thrower, third, fourth] = clients;
			await begin(web);
			for (const client of clients) client.get(client === thrower ? "/throws" : "/next");
			for (const client of [first, third, fourth]) {
				await client?.closed;
				assert.deepEqual(client?.responses.map(brief), ['200 "answer to /next" close']);
			}
			assert.deepEqual(
				uncaught.map((error) => (error as Error).message),
				["the handler's own"],
			);
			assert.deepEqual(
				web.service.inFlight().map(({ what }) => what),
				["GET /throws"],
			);
			thrower?.socket.destroy();
			(await web.handed("/throws")).response.end();
			await web.drained();
		});
	}

	rule("requests pipelined after one whose handler throws are executed, and stay in flight with it", async (t) => {
		const uncaught = catchUncaught(t);
		const web = await ServedServer.open(t, kind, {
			handler: ({ url }) => {
				if (url === "/throws") throw new Error("the handler's own");
				return false;
			},
		});
		const client = await web.connect();
		void web.service.stop();
		client.get("/throws", "/next");
		const { response } = await web.handed("/throws");
		await web.handed("/next");
		response.end("after all");
		await client.closed;
		assert.deepEqual(client.responses.map(brief), ['200 "after all" keep-alive', '200 "answer to /next" close']);
		assert.equal(uncaught.length, 1);
		await web.drained();
	});
}

/** Takes uncaught errors from the test runner, which would fail the test. */
function catchUncaught(t: TestContext): unknown[] {
	const errors: unknown[] = [];
	process.setUncaughtExceptionCaptureCallback((error) => errors.push(error));
	t.after(() => process.setUncaughtExceptionCaptureCallback(null));
	return errors;
}
