import assert from "node:assert/strict";
import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { TestContext } from "node:test";
import type { Client } from "../client.ts";
import type { Kind } from "../kinds.ts";
import { rule, Scene, type SceneOptions } from "../scene.ts";

/** The last word of the stream, with a time of its own. */
const LAST_WORD = /retry: \d{3,5}\n\n$/;

interface Stream {
	readonly scene: Scene;
	readonly client: Client;
	readonly response: ServerResponse;
}

/** Event streams whose handler has not heard of any shutdown. */
export function eventStreams(kind: Kind): void {
	async function opened(
		t: TestContext,
		headers: OutgoingHttpHeaders = {},
		options: SceneOptions = {},
	): Promise<Stream> {
		const scene = await Scene.open(t, kind, options);
		const client = await scene.connect();
		client.get("/hold");
		const { response } = await scene.handed("/hold");
		response.writeHead(200, { "Content-Type": "text/event-stream", ...headers });
		response.write("data: 1\n\n");
		await client.headCame();
		return { scene, client, response };
	}

	/** The same, once the drain has come to it. */
	async function leaving(t: TestContext, headers?: OutgoingHttpHeaders): Promise<Stream> {
		const stream = await opened(t, headers, { service: { lingerMs: 60_000 } });
		void stream.scene.service.stop();
		await stream.scene.until(() => Object.hasOwn(stream.response, "write"));
		return stream;
	}

	async function bodyOf({ client, scene }: Stream): Promise<string> {
		await client.closed;
		assert.equal(client.error, undefined);
		await scene.drained();
		return client.answers[0]?.body.toString() ?? "no whole answer";
	}

	rule("it is ended behind the next event, and asked to come back at a time of its own", async (t) => {
		const stream = await leaving(t);
		stream.response.write("data: 2\n\n");
		const body = await bodyOf(stream);
		assert.match(body, LAST_WORD);
		assert.equal(body.replace(LAST_WORD, ""), "data: 1\n\ndata: 2\n\n");
	});

	for (const [how, pieces, whole] of [
		["in two pieces", ["data: 2\n", "\n"], "data: 2\n\n"],
		["with CRLF, in many pieces", ["data: 2\r", "\n\r", "\n"], "data: 2\r\n\r\n"],
		["with CR", ["data: 2\r\r"], "data: 2\r\r"],
		["begun by an empty line", ["data: 2\n", "\ndata: 3\n", "\ndata: 4\n"], "data: 2\n\n"],
		["with a later one behind it", ["data: 2\n\ndata: 3\n\ndata: 4"], "data: 2\n\ndata: 3\n\n"],
		["in bytes", [Buffer.from("data: ü\n\ndata")], "data: ü\n\n"],
	] as const) {
		rule(`the end of an event is seen: ${how}`, async (t) => {
			const stream = await leaving(t);
			for (const piece of pieces) stream.response.write(piece);
			assert.equal((await bodyOf(stream)).replace(LAST_WORD, ""), `data: 1\n\n${whole}`);
		});
	}

	rule("within an event it is not ended, however long that takes", async (t) => {
		const stream = await opened(t);
		const bystander = await stream.scene.idleConnection();
		void stream.scene.service.stop();
		await stream.scene.until(() => Object.hasOwn(stream.response, "write"));
		stream.response.write("data: a long");
		// The linger is over for others.
		await bystander.closed;
		assert.equal(stream.response.writableEnded, false);
		stream.response.write(" story\n\n");
		assert.equal((await bodyOf(stream)).replace(LAST_WORD, ""), "data: 1\n\ndata: a long story\n\n");
	});

	rule(
		"a silent one is ended when the linger is over, without an empty line that could complete half an event",
		async (t) => {
			const stream = await opened(t);
			void stream.scene.service.stop();
			assert.match(await bodyOf(stream), /^data: 1\n\nretry: \d{3,5}\n$/);
		},
	);

	rule("what its handler writes behind the end is dropped, and nothing fails", async (t) => {
		const stream = await leaving(t);
		const { response } = stream;
		const errors: unknown[] = [];
		response.on("error", (error) => errors.push(error));
		response.write("data: 2\n\n");
		assert.equal(response.write("data: 3\n\n"), true);
		await new Promise<void>((resolve) => response.write("data: 4\n\n", () => resolve()));
		await new Promise<void>((resolve) => response.write("data: 5\n\n", "utf8", () => resolve()));
		await new Promise<void>((resolve) => response.end("data: 6\n\n", () => resolve()));
		assert.equal(response.end(), response);
		assert.equal((await bodyOf(stream)).replace(LAST_WORD, ""), "data: 1\n\ndata: 2\n\n");
		assert.deepEqual(errors, []);
	});

	rule("one that is ended by nothing but the connection is ended so", async (t) => {
		const scene = await Scene.open(t, kind);
		const client = await scene.connect();
		void client.write("GET /hold HTTP/1.0\r\n\r\n");
		const { response } = await scene.handed("/hold");
		response.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8" });
		response.write("data: 1\n\n");
		await client.cameText("data: 1\n\n");
		void scene.service.stop();
		await scene.until(() => Object.hasOwn(response, "write"));
		response.write("data: 2\n\n");
		await client.closed;
		assert.match(client.received, /\r\n\r\ndata: 1\n\ndata: 2\n\nretry: \d+\n\n$/);
		assert.equal(client.error, undefined);
		await scene.drained();
	});

	rule("one that is begun while draining is ended, too", async (t) => {
		const scene = await Scene.open(t, kind, { service: { lingerMs: 60_000 } });
		const client = await scene.idleConnection();
		void scene.service.stop();
		await scene.listenerClosed();
		client.get("/hold");
		const { response } = await scene.handed("/hold");
		response.setHeader("Content-Type", "text/event-stream");
		response.write("data: 1\n\n");
		await scene.until(() => Object.hasOwn(response, "write"));
		response.write("data: 2\n\n");
		await client.closed;
		assert.match(client.answers[1]?.body.toString() ?? "", /^data: 1\n\ndata: 2\n\nretry: \d+\n\n$/);
		await scene.drained();
	});

	for (const [what, headers] of [
		["compressed", { "Content-Encoding": "gzip" }],
		["of a length that is known", { "Content-Length": 100 }],
		["of another kind", { "Content-Type": "text/plain" }],
	] as const) {
		rule(`an answer is its handler's to end: ${what}`, async (t) => {
			const stream = await opened(t, headers);
			const bystander = await stream.scene.idleConnection();
			void stream.scene.service.stop();
			await bystander.closed;
			assert.equal(Object.hasOwn(stream.response, "write"), false);
			const rest = "x".repeat(91);
			stream.response.end(rest);
			assert.equal(await bodyOf(stream), `data: 1\n\n${rest}`);
		});
	}

	rule("a handler that has its signal ends it itself", async (t) => {
		const stream = await opened(t);
		const { scene, response } = stream;
		const signal = scene.service.signalFor(response);
		assert.equal(signal, scene.service.signalFor(response));
		const bystander = await scene.idleConnection();
		void scene.service.stop();
		await bystander.closed;
		await scene.until(() => signal.aborted);
		assert.equal(signal.reason, scene.service.signal.reason);
		assert.equal(Object.hasOwn(response, "write"), false);
		response.end("data: bye\n\n");
		assert.equal(await bodyOf(stream), "data: 1\n\ndata: bye\n\n");
	});
}
