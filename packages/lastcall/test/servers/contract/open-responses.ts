import assert from "node:assert/strict";
import type { Kind } from "../../support/http-kinds.ts";
import { brief, connectionOf } from "../responses.ts";
import { rule } from "../rule.ts";
import { ServedServer } from "../served-server.ts";

/** Responses whose head was sent before the stop, with keep-alive. */
export function openResponses(kind: Kind): void {
	rule("a response that began before the stop is completed, and its connection is closed soon after it", async (t) => {
		const web = await ServedServer.open(t, kind);
		const [client, bystander] = [await web.connect(), await web.idleConnection()];
		client.get("/hold");
		const { response } = await web.handed("/hold");
		response.write("some ");
		assert.equal(connectionOf(await client.headCame()), "keep-alive");
		void web.service.stop();
		await web.listenerClosed();
		response.write("more ");
		await bystander.closed;
		response.end("and the rest");
		const [received] = await client.answered();
		assert.equal(received?.body.toString(), "some more and the rest");
		await client.closed;
		await web.drained();
	});

	rule("a request after a response that began before the stop is answered with Connection: close", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.connect();
		client.get("/hold");
		const { response } = await web.handed("/hold");
		response.write("some ");
		await client.headCame();
		void web.service.stop();
		await web.listenerClosed();
		response.end("more");
		await client.answered();
		assert.equal(brief(await client.fetch("/next")), '200 "answer to /next" close');
		await client.closed;
		assert.equal(client.error, undefined);
		await web.drained();
	});

	rule(
		"a request pipelined after a response that began before the stop is answered with Connection: close",
		async (t) => {
			const web = await ServedServer.open(t, kind);
			const client = await web.connect();
			client.get("/hold");
			const { response } = await web.handed("/hold");
			response.write("some ");
			await client.headCame();
			void web.service.stop();
			await web.listenerClosed();
			client.get("/next");
			await web.handed("/next");
			response.end("more");
			await client.closed;
			assert.deepEqual(client.responses.map(brief), ['200 "some more" keep-alive', '200 "answer to /next" close']);
			await web.drained();
		},
	);

	rule("a response that outlasts the linger is waited for, and is in flight by name", async (t) => {
		const web = await ServedServer.open(t, kind);
		const [client, bystander] = [await web.connect(), await web.idleConnection()];
		client.get("/hold");
		const { response } = await web.handed("/hold");
		void web.service.stop();
		await bystander.closed;
		assert.deepEqual(
			web.service.inFlight().map(({ what }) => what),
			["GET /hold"],
		);
		response.end("late");
		await client.closed;
		assert.deepEqual(client.responses.map(brief), ['200 "late" close']);
		await web.drained();
	});
}
