import assert from "node:assert/strict";
import { once } from "node:events";
import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { TestContext } from "node:test";
import { createGzip, gunzipSync } from "node:zlib";
import type { Kind } from "../../support/http-kinds.ts";
import type { Client } from "../client.ts";
import { rule } from "../rule.ts";
import { ServedServer, type ServedServerOptions } from "../served-server.ts";

/** The last field of the stream, a reconnection time. */
const LAST_WORD = /retry: \d{3,5}\n\n$/;

interface Stream {
	readonly web: ServedServer;
	readonly client: Client;
	readonly response: ServerResponse;
}

/** The header of an `EventSource`, which reconnects by itself. */
export const EVENT_SOURCE = "Accept: text/event-stream";

/** Event streams of clients that reconnect, whose handler knows nothing of the shutdown. */
export function eventStreams(kind: Kind): void {
	async function opened(
		t: TestContext,
		headers: OutgoingHttpHeaders = {},
		options: ServedServerOptions = {},
	): Promise<Stream> {
		const web = await ServedServer.open(t, kind, options);
		const client = await web.connect();
		client.ask("GET", "/hold", EVENT_SOURCE);
		const { response } = await web.handed("/hold");
		response.writeHead(200, { "Content-Type": "text/event-stream", ...headers });
		response.write("data: 1\n\n");
		await client.headCame();
		return { web, client, response };
	}

	/** The same, once the drain waits for the end of its event. */
	async function leaving(t: TestContext, headers?: OutgoingHttpHeaders): Promise<Stream> {
		const stream = await opened(t, headers, { service: { lingerMs: 60_000 } });
		void stream.web.service.stop();
		await stream.web.until(() => Object.hasOwn(stream.response, "write"));
		return stream;
	}

	/** @param why the reason for which the drain ended it, empty if its handler did */
	async function bodyOf({ client, web }: Stream, why = ["client-reconnects"]): Promise<string> {
		await client.closed;
		assert.equal(client.error, undefined);
		const { endedEarly } = await web.drained();
		assert.deepEqual(
			endedEarly.map(({ name, what, why }) => `${name} ${what} ${why}`),
			why.map((one) => `web GET /hold ${one}`),
		);
		return client.responses[0]?.body.toString("latin1") ?? "no complete response";
	}

	rule(
		"an event stream is ended after the next event, and its client is asked to reconnect at a time of its own",
		async (t) => {
			const stream = await leaving(t);
			stream.response.write("data: 2\n\n");
			const body = await bodyOf(stream);
			assert.match(body, LAST_WORD);
			assert.equal(body.replace(LAST_WORD, ""), "data: 1\n\ndata: 2\n\n");
		},
	);

	for (const [how, pieces, whole] of [
		["in two pieces", ["data: 2\n", "\n"], "data: 2\n\n"],
		["with CRLF, in many pieces", ["data: 2\r", "\n\r", "\n"], "data: 2\r\n\r\n"],
		["with CR", ["data: 2\r\r"], "data: 2\r\r"],
		["with the beginning of the next write", ["data: 2\n", "\ndata: 3\n", "\ndata: 4\n"], "data: 2\n\n"],
		["in a write with a later event", ["data: 2\n\ndata: 3\n\ndata: 4"], "data: 2\n\ndata: 3\n\n"],
		["in a Buffer", [Buffer.from("data: ü\n\ndata")], "data: Ã¼\n\n"],
	] as const) {
		rule(`an event stream is ended after an event that ends ${how}`, async (t) => {
			const stream = await leaving(t);
			for (const piece of pieces) stream.response.write(piece);
			assert.equal((await bodyOf(stream)).replace(LAST_WORD, ""), `data: 1\n\n${whole}`);
		});
	}

	rule("an event stream is not ended within an event, however long that takes", async (t) => {
		const stream = await opened(t);
		const bystander = await stream.web.idleConnection();
		void stream.web.service.stop();
		await stream.web.until(() => Object.hasOwn(stream.response, "write"));
		stream.response.write("data: a long");
		// The linger of other connections is over.
		await bystander.closed;
		assert.equal(stream.response.writableEnded, false);
		stream.response.write(" story\n\n");
		assert.equal((await bodyOf(stream)).replace(LAST_WORD, ""), "data: 1\n\ndata: a long story\n\n");
	});

	rule(
		"a silent event stream is ended after the linger, without an empty line that could complete half an event",
		async (t) => {
			const stream = await opened(t);
			void stream.web.service.stop();
			assert.match(await bodyOf(stream), /^data: 1\n\nretry: \d{3,5}\n$/);
		},
	);

	rule("what its handler writes after the end of an event stream is dropped, without an error", async (t) => {
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

	rule("an HTTP/1.0 event stream is ended by closing its connection", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.connect();
		void client.write(`GET /hold HTTP/1.0\r\n${EVENT_SOURCE}\r\n\r\n`);
		const { response } = await web.handed("/hold");
		response.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8" });
		response.write("data: 1\n\n");
		await client.cameText("data: 1\n\n");
		void web.service.stop();
		await web.until(() => Object.hasOwn(response, "write"));
		response.write("data: 2\n\n");
		await client.closed;
		assert.match(client.received, /\r\n\r\ndata: 1\n\ndata: 2\n\nretry: \d+\n\n$/);
		assert.equal(client.error, undefined);
		await web.drained();
	});

	rule("an event stream that begins while draining is ended too", async (t) => {
		const web = await ServedServer.open(t, kind, { service: { lingerMs: 60_000 } });
		const client = await web.idleConnection();
		void web.service.stop();
		await web.listenerClosed();
		client.ask("GET", "/hold", EVENT_SOURCE);
		const { response } = await web.handed("/hold");
		response.setHeader("Content-Type", "text/event-stream");
		response.write("data: 1\n\n");
		await web.until(() => Object.hasOwn(response, "write"));
		response.write("data: 2\n\n");
		await client.closed;
		assert.match(client.responses[1]?.body.toString() ?? "", /^data: 1\n\ndata: 2\n\nretry: \d+\n\n$/);
		await web.drained();
	});

	for (const coding of ["none", "identity", "Identity", ' "none" ', "identity, none", ""]) {
		rule(
			`an event stream with Content-Encoding: ${JSON.stringify(coding)} is not taken for a compressed one`,
			async (t) => {
				const stream = await leaving(t, { "Content-Encoding": coding });
				stream.response.write("data: 2\n\n");
				assert.equal((await bodyOf(stream)).replace(LAST_WORD, ""), "data: 1\n\ndata: 2\n\n");
			},
		);
	}

	for (const [how, begin] of [
		["writeHead with pairs", (response) => response.writeHead(200, ["content-type", "text/event-stream"])],
		[
			"writeHead with a message and pairs",
			(response) => response.writeHead(200, "fine", ["Content-Type", "text/event-stream"]),
		],
		[
			"setHeader and flushHeaders",
			(response) => response.setHeader("Content-Type", "text/event-stream").flushHeaders(),
		],
		[
			"setHeaders",
			(response) => response.setHeaders(new Headers({ "content-type": "TEXT/Event-Stream" })).flushHeaders(),
		],
		[
			"appendHeader",
			(response) => response.appendHeader("content-type", "text/event-stream;charset=utf-8").writeHead(200),
		],
	] as [string, (response: ServerResponse) => unknown][]) {
		rule(`an event stream is recognized by a head that is written by ${how}`, async (t) => {
			const web = await ServedServer.open(t, kind, { service: { lingerMs: 60_000 } });
			const client = await web.connect();
			client.ask("GET", "/hold", EVENT_SOURCE);
			const { response } = await web.handed("/hold");
			begin(response);
			response.write("data: 1\n\n");
			await client.headCame();
			void web.service.stop();
			await web.until(() => Object.hasOwn(response, "write"));
			response.write("data: 2\n\n");
			assert.match(await bodyOf({ web, client, response }), LAST_WORD);
		});
	}

	rule("a compressed event stream is ended as its handler would end it, with all that was buffered", async (t) => {
		const stream = await opened(t, { "Content-Encoding": "gzip" });
		const { response } = stream;
		const [write, end] = [response.write, response.end];
		// As compressing middleware does.
		const gzip = createGzip();
		gzip.on("data", (piece) => write.call(response, piece as never, "latin1"));
		gzip.on("end", () => end.call(response, undefined as never, "latin1"));
		response.write = (chunk: unknown) => gzip.write(chunk);
		response.end = (() => gzip.end()) as never;
		response.write("data: 2\n\n");
		void stream.web.service.stop();
		await once(response, "finish");
		assert.equal(response.write("data: 3\n\n"), true);
		const body = await bodyOf(stream);
		assert.equal(body.slice(0, 9), "data: 1\n\n");
		assert.equal(gunzipSync(Buffer.from(body.slice(9), "latin1")).toString(), "data: 2\n\n");
	});

	for (const [what, headers] of [
		["with a Content-Length", { "Content-Length": 100 }],
		["of another content type", { "Content-Type": "text/plain" }],
	] as const) {
		rule(`the drain does not end a response to an EventSource ${what}`, async (t) => {
			const stream = await opened(t, headers);
			const bystander = await stream.web.idleConnection();
			void stream.web.service.stop();
			await bystander.closed;
			assert.equal(Object.hasOwn(stream.response, "write"), false);
			const rest = "x".repeat(91);
			stream.response.end(rest);
			assert.equal(await bodyOf(stream, []), `data: 1\n\n${rest}`);
		});
	}

	rule("an event stream whose handler has asked for drainSignalFor() is left to its handler", async (t) => {
		const stream = await opened(t);
		const { web, response } = stream;
		const signal = web.service.drainSignalFor(response);
		assert.equal(signal, web.service.drainSignalFor(response));
		const bystander = await web.idleConnection();
		void web.service.stop();
		await bystander.closed;
		await web.until(() => signal.aborted);
		assert.equal(signal.reason, web.service.drainSignal.reason);
		assert.equal(response.writableEnded, false);
		response.write("data: 2\n\n");
		response.end("data: bye\n\n");
		assert.equal(await bodyOf(stream, []), "data: 1\n\ndata: 2\n\ndata: bye\n\n");
	});
}
