import assert from "node:assert/strict";
import { brief, connectionOf } from "../answers.ts";
import type { Kind } from "../kinds.ts";
import { rule, Scene } from "../scene.ts";

/** Answers whose head went out before the stop, and so promised to keep the connection. */
export function openAnswers(kind: Kind): void {
	rule("the body ends whole, and the connection soon after it", async (t) => {
		const scene = await Scene.open(t, kind);
		const [client, bystander] = [await scene.connect(), await scene.idleConnection()];
		client.get("/hold");
		const { response } = await scene.handed("/hold");
		response.write("some ");
		assert.equal(connectionOf(await client.headCame()), "keep-alive");
		void scene.service.stop();
		await scene.listenerClosed();
		response.write("more ");
		await bystander.closed;
		response.end("and the rest");
		const [answer] = await client.answered();
		assert.equal(answer?.body.toString(), "some more and the rest");
		await client.closed;
		await scene.drained();
	});

	rule("a request that comes behind it is answered and says close", async (t) => {
		const scene = await Scene.open(t, kind);
		const client = await scene.connect();
		client.get("/hold");
		const { response } = await scene.handed("/hold");
		response.write("some ");
		await client.headCame();
		void scene.service.stop();
		await scene.listenerClosed();
		response.end("more");
		await client.answered();
		assert.equal(brief(await client.fetch("/next")), '200 "answer to /next" close');
		await client.closed;
		assert.equal(client.error, undefined);
		await scene.drained();
	});

	rule("a request that was pipelined behind it is answered and says close", async (t) => {
		const scene = await Scene.open(t, kind);
		const client = await scene.connect();
		client.get("/hold");
		const { response } = await scene.handed("/hold");
		response.write("some ");
		await client.headCame();
		void scene.service.stop();
		await scene.listenerClosed();
		client.get("/next");
		await scene.handed("/next");
		response.end("more");
		await client.closed;
		assert.deepEqual(client.answers.map(brief), ['200 "some more" keep-alive', '200 "answer to /next" close']);
		await scene.drained();
	});

	rule("an answer that outlasts the linger is waited for, and is named", async (t) => {
		const scene = await Scene.open(t, kind);
		const [client, bystander] = [await scene.connect(), await scene.idleConnection()];
		client.get("/hold");
		const { response } = await scene.handed("/hold");
		void scene.service.stop();
		await bystander.closed;
		assert.deepEqual(
			scene.service.inFlight().map(({ what }) => what),
			["GET /hold"],
		);
		response.end("late");
		await client.closed;
		assert.deepEqual(client.answers.map(brief), ['200 "late" close']);
		await scene.drained();
	});
}
