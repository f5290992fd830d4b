import assert from "node:assert/strict";
import { once } from "node:events";
import type { Http2ServerRequest, Http2ServerResponse, OutgoingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { Writable } from "node:stream";
import { describe, type TestContext } from "node:test";
import type { ResponseLike } from "lastcall";
import { FakeClock } from "../support/fake-clock.ts";
import { WireClient } from "../support/http2-wire.ts";
import { nodeMajor } from "../support/node-major.ts";
import { rule } from "./rule.ts";
import { ask, type Ending, ServedHttp2Server, type ServedHttp2ServerOptions } from "./served-http2-server.ts";

const HEAD = { "Content-Type": "text/event-stream" };
/** The last field of the stream, a reconnection time. */
const LAST_WORD = /retry: \d{3,5}\n\n$/;
const PATIENT: ServedHttp2ServerOptions = { service: { lingerMs: 60_000 } };

/** The header of an `EventSource`, which reconnects by itself. */
const eventSource = (path: string): OutgoingHttpHeaders => ({ ":path": path, accept: "text/event-stream" });

/** What a handler writes its events to. */
type EventWriter = Writable & ResponseLike;

/** One of the two APIs of `node:http2`. */
interface Api {
	readonly name: string;
	/** Takes a stream that the program has got, and writes its head. */
	readonly open: (web: ServedHttp2Server, path: string, headers: OutgoingHttpHeaders) => Promise<EventWriter>;
}

const apis: readonly Api[] = [
	{
		name: "its response",
		open: async (web, path, headers) => {
			const { stream } = await web.handed(path);
			const response = responses.get(stream);
			response?.writeHead(200, headers);
			return response as unknown as EventWriter;
		},
	},
	{
		name: "its stream",
		open: async (web, path, headers) => {
			const { stream } = await web.handed(path);
			stream.respond({ ":status": 200, ...headers });
			return stream;
		},
	},
];

const responses = new WeakMap<ServerHttp2Stream, Http2ServerResponse>();

async function open(
	t: TestContext,
	scheme: "http" | "https",
	options: ServedHttp2ServerOptions,
): Promise<ServedHttp2Server> {
	const web = await ServedHttp2Server.open(t, scheme, options);
	web.server.on("request", (_: Http2ServerRequest, response: Http2ServerResponse) => {
		responses.set(response.stream, response);
	});
	return web;
}

/** Returns true if the drain waits for the end of this stream's event. */
async function isWatched(web: ServedHttp2Server, path: string): Promise<boolean> {
	return Object.hasOwn((await web.handed(path)).stream, "write");
}

for (const scheme of ["http", "https"] as const) {
	for (const api of apis)
		void describe(`HTTP/2 over ${scheme}: event streams, by ${api.name}`, () => rules(scheme, api));
}

function rules(scheme: "http" | "https", api: Api): void {
	interface Stream {
		readonly web: ServedHttp2Server;
		readonly writer: EventWriter;
		readonly ended: Promise<Ending>;
		/** What the client saw, in this order. */
		readonly saw: string[];
	}

	async function opened(
		t: TestContext,
		headers: OutgoingHttpHeaders,
		options: ServedHttp2ServerOptions,
		request: OutgoingHttpHeaders = eventSource("/hold"),
	): Promise<Stream> {
		const web = await open(t, scheme, options);
		const session = web.connect();
		const saw: string[] = [];
		session.on("goaway", (code: number) => saw.push(`goaway ${code}`));
		const { stream, ended } = ask(session, request);
		stream.on("end", () => saw.push("end"));
		const writer = await api.open(web, "/hold", headers);
		writer.write("data: 1\n\n");
		await once(stream, "response");
		return { web, writer, ended, saw };
	}

	/** The same, once the drain waits for the end of its event. */
	async function leaving(t: TestContext, headers: OutgoingHttpHeaders = HEAD): Promise<Stream> {
		const stream = await opened(t, headers, PATIENT);
		void stream.web.service.stop();
		const { stream: handed } = await stream.web.handed("/hold");
		await stream.web.until(() => Object.hasOwn(handed, "write"));
		return stream;
	}

	/** @param why the reason for which the drain ended it, empty if its handler did */
	async function bodyOf({ web, ended }: Stream, why: readonly string[] = ["client-reconnects"]): Promise<string> {
		const { text, error } = await ended;
		assert.equal(error, undefined);
		const { endedEarly } = await web.drained();
		assert.deepEqual(
			endedEarly.filter(({ what }) => what === "GET /hold").map(({ name, why }) => `${name} ${why}`),
			why.map((one) => `web ${one}`),
		);
		return text;
	}

	rule("an event stream is ended after GOAWAY and the next event, and its client is asked to reconnect", async (t) => {
		const stream = await leaving(t);
		stream.writer.write("data: 2\n\n");
		const body = await bodyOf(stream);
		assert.match(body, LAST_WORD);
		assert.equal(body.replace(LAST_WORD, ""), "data: 1\n\ndata: 2\n\n");
		assert.deepEqual(stream.saw.slice(0, 2), ["goaway 0", "end"]);
	});

	for (const [how, pieces, whole] of [
		["in pieces", ["data: 2\r", "\n\r", "\n"], "data: 2\r\n\r\n"],
		["in a write with a later event", ["data: 2\n\ndata: 3\n\ndata: 4"], "data: 2\n\ndata: 3\n\n"],
		["in a Buffer", [Buffer.from("data: ü\n\ndata")], "data: ü\n\n"],
	] as const) {
		rule(`an event stream is ended after an event that ends ${how}`, async (t) => {
			const stream = await leaving(t);
			for (const piece of pieces) stream.writer.write(piece);
			const body = Buffer.from(await bodyOf(stream), "latin1").toString();
			assert.equal(body.replace(LAST_WORD, ""), `data: 1\n\n${whole}`);
		});
	}

	rule("an event stream is recognized by a lowercase head with a parameter", async (t) => {
		const stream = await leaving(t, { "content-type": "text/event-stream; charset=utf-8" });
		stream.writer.write("data: 2\n\n");
		assert.match(await bodyOf(stream), LAST_WORD);
	});

	rule("a silent event stream is ended after the linger, without an empty line", async (t) => {
		const stream = await opened(t, HEAD, {});
		void stream.web.service.stop();
		assert.match(await bodyOf(stream), /^data: 1\n\nretry: \d{3,5}\n$/);
	});

	rule("what its handler writes after the end of an event stream is dropped, without an error", async (t) => {
		const stream = await leaving(t);
		const { writer } = stream;
		const errors: unknown[] = [];
		writer.on("error", (error) => errors.push(error));
		const written = (text: string): Promise<unknown> => new Promise((resolve) => writer.write(text, resolve));
		writer.write("data: 2\n\n");
		assert.equal(writer.writableEnded, true);
		assert.equal(writer.write("data: 3\n\n"), true);
		assert.equal(await written("data: 4\n\n"), undefined);
		const body = await bodyOf(stream);
		// Long after the client has gone.
		assert.equal(await written("data: 5\n\n"), undefined);
		await new Promise<void>((resolve) => writer.end("data: 6\n\n", () => resolve()));
		assert.equal(writer.end(), writer);
		assert.equal(body.replace(LAST_WORD, ""), "data: 1\n\ndata: 2\n\n");
		assert.deepEqual(errors, []);
	});

	rule("the handler of an event stream may end it with the next event", async (t) => {
		const stream = await leaving(t);
		await new Promise<void>((resolve) => stream.writer.end("data: bye\n\n", () => resolve()));
		assert.equal(await bodyOf(stream, []), "data: 1\n\ndata: bye\n\n");
	});

	rule("an event stream is not ended within an event, however long that takes", async (t) => {
		const stream = await opened(t, HEAD, {});
		const { web, writer } = stream;
		const silent = ask(web.connect(), eventSource("/hold/silent"));
		(await api.open(web, "/hold/silent", HEAD)).write("data: 1\n\n");
		void web.service.stop();
		const { stream: handed } = await web.handed("/hold");
		await web.until(() => Object.hasOwn(handed, "write"));
		writer.write("data: a long");
		// The linger of other connections is over.
		await silent.ended;
		assert.equal(writer.writableEnded, false);
		writer.write(" story\n\n");
		assert.equal((await bodyOf(stream)).replace(LAST_WORD, ""), "data: 1\n\ndata: a long story\n\n");
	});

	rule("an event stream that begins while draining is ended too", async (t) => {
		const web = await open(t, scheme, PATIENT);
		const session = web.connect();
		await ask(session, "/first").ended;
		void web.service.stop();
		// Held until GOAWAY.
		const { ended } = ask(session, eventSource("/hold"));
		const writer = await api.open(web, "/hold", HEAD);
		const { stream } = await web.handed("/hold");
		await web.until(() => Object.hasOwn(stream, "write"));
		writer.write("data: 1\n\n");
		const { text, error } = await ended;
		assert.equal(error, undefined);
		assert.match(text, /^data: 1\n\nretry: \d+\n\n$/);
		await web.drained();
	});

	rule(
		"of many event streams on one session, each is ended at its own event, and another stream finishes",
		async (t) => {
			const web = await open(t, scheme, PATIENT);
			const session = web.connect();
			const paths = Array.from({ length: 20 }, (_, i) => `/hold/${i}`);
			const streams = paths.map((path) => ask(session, eventSource(path)));
			const other = ask(session, "/hold/other");
			const all = await Promise.all(paths.map((path) => api.open(web, path, HEAD)));
			const work = await api.open(web, "/hold/other", { "content-type": "text/plain" });
			for (const writer of all) writer.write("data: 1\n\n");
			void web.service.stop();
			for (const path of paths) while (!(await isWatched(web, path))) await new Promise(setImmediate);
			for (const writer of all) writer.write("data: 2\n\n");
			const endings = await Promise.all(streams.map(({ ended }) => ended));
			work.end("whole");
			assert.deepEqual(
				endings.map(({ text, error }) => [text.replace(LAST_WORD, ""), error]),
				endings.map(() => ["data: 1\n\ndata: 2\n\n", undefined]),
			);
			assert.equal(new Set(endings.map(({ text }) => text)).size > 1, true);
			assert.deepEqual(await other.ended, { status: 200, text: "whole" });
			await web.drained();
		},
	);

	for (const coding of ["none", "Identity", ' "none" ', "identity, none", ""]) {
		rule(
			`an event stream with content-encoding ${JSON.stringify(coding)} is not taken for a compressed one`,
			async (t) => {
				const stream = await leaving(t, { ...HEAD, "Content-Encoding": coding });
				stream.writer.write("data: 2\n\n");
				assert.match(await bodyOf(stream), LAST_WORD);
			},
		);
	}

	rule("a compressed event stream is ended as it is", async (t) => {
		const stream = await opened(t, { ...HEAD, "Content-Encoding": "gzip" }, {});
		void stream.web.service.stop();
		await stream.ended;
		assert.equal(stream.writer.write("more"), true);
		assert.equal(await bodyOf(stream), "data: 1\n\n");
	});

	for (const method of ["POST", "GET"]) {
		rule(`the event stream of a ${method} request, which has an end, gets all of its events`, async (t) => {
			const accept = method === "POST" ? "application/json, text/event-stream" : "*/*";
			const stream = await opened(t, HEAD, {}, { ":path": "/hold", ":method": method, accept });
			await handlersOwn(stream);
			for (const piece of ["data: 2\n\n", "data: 3", "\n\n"]) stream.writer.write(piece);
			stream.writer.end("data: [DONE]\n\n");
			assert.equal(await bodyOf(stream, []), "data: 1\n\ndata: 2\n\ndata: 3\n\ndata: [DONE]\n\n");
		});
	}

	rule(
		"an event stream with an end that goes on when time is nearly over is ended after a complete event, and is a failure",
		async (t) => {
			const options = { clock: new FakeClock(), service: { gracePeriodMs: 400 } };
			const stream = await opened(t, HEAD, options, { ":path": "/hold", ":method": "POST" });
			const { web, writer, ended } = stream;
			const timer = setInterval(() => writer.write("data: more\n\nda") && writer.write("ta: more\n\n"), 5);
			t.after(() => clearInterval(timer));
			const { ok, left, endedEarly } = await web.service.stop();
			const { text, error } = await ended;
			assert.equal(error, undefined);
			assert.match(text, /^data: 1\n\n(data: more\n\n)+$/);
			assert.deepEqual([ok, left], [false, []]);
			assert.deepEqual(
				endedEarly.map(({ name, what, why }) => `${name} ${what} ${why}`),
				["web POST /hold out-of-time"],
			);
		},
	);

	for (const [what, headers] of [
		["with a Content-Length", { ...HEAD, "Content-Length": 100 }],
		["of another content type", { "Content-Type": "text/plain" }],
	] as const) {
		rule(`the drain does not end a response to an EventSource ${what}`, async (t) => {
			const stream = await opened(t, headers, {});
			await handlersOwn(stream);
			const rest = "x".repeat(91);
			stream.writer.end(rest);
			assert.equal(await bodyOf(stream, []), `data: 1\n\n${rest}`);
		});
	}

	rule("an event stream whose handler has asked for drainSignalFor() is left to its handler", async (t) => {
		const stream = await opened(t, HEAD, {});
		const signal = stream.web.service.drainSignalFor(stream.writer);
		await handlersOwn(stream);
		assert.equal(signal.aborted, true);
		stream.writer.end("data: bye\n\n");
		assert.equal(await bodyOf(stream, []), "data: 1\n\ndata: bye\n\n");
	});

	/** Begins the shutdown, and waits until another event stream was ended by the linger, but not this one. */
	async function handlersOwn({ web, writer }: Stream): Promise<void> {
		const silent = ask(web.connect(), eventSource("/hold/silent"));
		(await api.open(web, "/hold/silent", HEAD)).write("data: 1\n\n");
		void web.service.stop();
		await silent.ended;
		assert.equal(writer.writableEnded, false);
	}
}

void describe("HTTP/2: event streams on the wire", () => {
	rule("an event stream ends with GOAWAY, then its events, then END_STREAM, and no reset", async (t) => {
		const web = await open(t, "http", PATIENT);
		const client = new WireClient(web.port);
		t.after(() => client.socket.destroy());
		client.socket.write(WireClient.get(1, "/hold", "text/event-stream"));
		const { stream } = await web.handed("/hold");
		stream.respond({ ":status": 200, "content-type": "text/event-stream" });
		stream.write("data: 1\n\n");
		void web.service.stop();
		await web.until(() => Object.hasOwn(stream, "write"));
		stream.write("data: 2\n\n");
		stream.write("data: 3\n\n");
		await web.until(() => client.isEnded);
		client.socket.end();
		await web.drained();
		const { goaway, frames } = client;
		assert.deepEqual(goaway, { lastStream: 1, code: 0 });
		assert.equal(client.resetCode(1), undefined);
		const types = frames.map(({ type }) => type).filter((type) => type !== "other" && type !== "PING");
		assert.deepEqual(types.slice(0, 3), ["HEADERS", "DATA", "GOAWAY"]);
		const data = frames.filter(({ type }) => type === "DATA");
		assert.match(data.map(({ payload }) => payload).join(""), /^data: 1\n\ndata: 2\n\nretry: \d+\n\n$/);
		assert.deepEqual(
			data.map(({ flags }) => flags & 1),
			data.map((_, i) => (i === data.length - 1 ? 1 : 0)),
		);
	});

	rule("no event stream is ended before GOAWAY, which waits for a head that has come in part", async (t) => {
		const web = await open(t, "http", PATIENT);
		const client = new WireClient(web.port);
		t.after(() => client.socket.destroy());
		const begin = async (path: string): Promise<ServerHttp2Stream> => {
			const { stream } = await web.handed(path);
			stream.respond({ ":status": 200, "content-type": "text/event-stream" });
			return stream;
		};
		const head = WireClient.get(3, "/second");
		client.socket.write(Buffer.concat([WireClient.get(1, "/hold/1", "text/event-stream"), head.subarray(0, 20)]));
		const stream = await begin("/hold/1");
		const other = ask(web.connect(), eventSource("/hold/2"));
		const theirs = await begin("/hold/2");
		void web.service.stop();
		// The drain has come to all sessions by then.
		await web.until(() => Object.hasOwn(theirs, "write"));
		assert.deepEqual([client.goaway, Object.hasOwn(stream, "write")], [undefined, false]);
		client.socket.write(head.subarray(20));
		await web.until(() => Object.hasOwn(stream, "write"));
		await web.until(() => client.isAnswered(3) && client.goaway !== undefined);
		assert.deepEqual(client.goaway, { lastStream: 3, code: 0 });
		for (const one of [stream, theirs]) one.write("data: 1\n\n");
		await web.until(() => client.isEnded);
		assert.equal(client.isAnswered(1), true);
		client.socket.end();
		await other.ended;
		await web.drained();
	});

	// From Node.js 24 on.
	if (nodeMajor >= 24) {
		rule("an event stream is recognized by a head that is written as pairs", async (t) => {
			const web = await open(t, "http", PATIENT);
			const { ended } = ask(web.connect(), eventSource("/hold"));
			const { stream } = await web.handed("/hold");
			const pairs = [":status", "200", "Content-Type", "text/event-stream"];
			stream.respond(pairs as unknown as OutgoingHttpHeaders);
			void web.service.stop();
			await web.until(() => Object.hasOwn(stream, "write"));
			stream.write("data: 1\n\n");
			assert.match((await ended).text, /^data: 1\n\nretry: \d+\n\n$/);
			await web.drained();
		});
	}
});
