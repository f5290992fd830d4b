import assert from "node:assert/strict";
import { once } from "node:events";
import {
	type ClientHttp2Session,
	type ClientHttp2Stream,
	constants,
	type Http2ServerResponse,
	type OutgoingHttpHeaders,
	type ServerHttp2Stream,
} from "node:http2";
import { Readable } from "node:stream";
import { describe, type TestContext } from "node:test";
import { FakeClock } from "../support/fake-clock.ts";
import { rule } from "./rule.ts";
import { ask, ServedHttp2Server, type ServedHttp2ServerOptions } from "./served-http2-server.ts";

const { NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR } = constants;

/** A stream in its handler's hands, by one of the two APIs of `node:http2`, and its client. */
interface Held {
	readonly web: ServedHttp2Server;
	readonly session: ClientHttp2Session;
	readonly client: ClientHttp2Stream;
	readonly stream: ServerHttp2Stream;
	readonly response: Http2ServerResponse | undefined;
}

type Api = "its response" | "its stream";

async function held(
	t: TestContext,
	api: Api,
	options: ServedHttp2ServerOptions = {},
	headers: OutgoingHttpHeaders = {},
): Promise<Held> {
	const web = await ServedHttp2Server.open(t, "http", options);
	let response: Http2ServerResponse | undefined;
	if (api === "its response")
		web.server.on("request", (_, itsResponse: Http2ServerResponse) => {
			response = itsResponse;
		});
	const session = web.connect();
	const { stream: client } = ask(session, { ":path": "/hold", ...headers });
	const { stream } = await web.handed("/hold");
	return { web, session, client, stream, response };
}

/** Waits until the server knows that its client has gone. */
async function gone({ stream }: Held, go: () => void): Promise<void> {
	stream.on("error", () => {});
	// Not `once()`, which rejects at an error.
	const closed = new Promise((resolve) => stream.on("close", resolve));
	go();
	await closed;
}

function named({ service }: ServedHttp2Server): string[] {
	return service.inFlight().map(({ name, what }) => `${name} ${what}`);
}

const HANDLER_GOES_ON = ["web GET /hold (its client has gone)"];

/** How a client goes. */
const ways: readonly (readonly [how: string, go: (held: Held) => void])[] = [
	["resets its stream", ({ client }) => client.close(NGHTTP2_CANCEL)],
	["closes its connection", ({ session }) => session.destroy()],
];

/** How a handler ends when its client has gone. */
const ends: readonly (readonly [api: Api, how: string, end: (held: Held) => unknown])[] = [
	["its response", "end()", ({ response }) => response?.end("too late")],
	["its response", "writeHead() and end()", ({ response }) => response?.writeHead(200).end()],
	["its response", "end() of its stream", ({ stream }) => stream.end()],
	["its stream", "end()", ({ stream }) => stream.end()],
	["its stream", "respond(), which throws", ({ stream }) => assert.throws(() => stream.respond({ ":status": 200 }))],
	["its stream", "close()", ({ stream }) => stream.close()],
	["its stream", "destroy()", ({ stream }) => stream.destroy()],
];

void describe("HTTP/2: clients that have gone", () => {
	for (const [how, go] of ways) {
		for (const [api, by, end] of ends) {
			rule(
				`the handler of a client that ${how} before the stop is waited for until it ends (${api}, ${by})`,
				async (t) => {
					const one = await held(t, api);
					const { web } = one;
					await gone(one, () => go(one));
					assert.deepEqual(named(web), HANDLER_GOES_ON);
					void web.service.stop();
					await web.listenerClosed();
					assert.deepEqual(named(web), HANDLER_GOES_ON);
					end(one);
					assert.deepEqual(named(web), []);
					await web.drained();
				},
			);
		}

		rule(`the handler of a client that ${how} while draining is waited for`, async (t) => {
			const one = await held(t, "its response");
			const { web, session } = one;
			const left = once(session, "goaway");
			void web.service.stop();
			await left;
			await gone(one, () => go(one));
			assert.deepEqual(named(web), HANDLER_GOES_ON);
			one.response?.end();
			await web.drained();
		});
	}

	for (const [what, headers, begin] of [
		[
			"to an EventSource",
			{ accept: "text/event-stream" },
			({ stream }) => stream.respond({ "content-type": "text/event-stream" }),
		],
		[
			"of a gRPC call",
			{ ":method": "POST", "content-type": "application/grpc+proto" },
			({ stream }) => stream.respond(),
		],
		["that is ended, and not read", {}, ({ stream }) => stream.end(Buffer.alloc(20_000_000))],
	] as [string, OutgoingHttpHeaders, (held: Held) => void][]) {
		rule(`without its client, a response ${what} is not waited for`, async (t) => {
			const one = await held(t, "its stream", {}, headers);
			begin(one);
			await gone(one, () => one.client.close(NGHTTP2_CANCEL));
			assert.deepEqual(named(one.web), []);
			void one.web.service.stop();
			await one.web.drained();
		});
	}

	rule("without its client, a response that another stream is piped into is not waited for", async (t) => {
		const one = await held(t, "its response");
		new Readable({ read() {} }).pipe(one.response as never);
		await gone(one, () => one.client.close(NGHTTP2_CANCEL));
		assert.deepEqual(named(one.web), []);
	});

	rule("a handler that resets its stream with an error of its own is not waited for", async (t) => {
		const one = await held(t, "its stream");
		await gone(one, () => one.stream.close(NGHTTP2_INTERNAL_ERROR));
		assert.deepEqual(named(one.web), []);
		await one.web.service.stop();
	});

	rule("a stream that is reset while it is held has no handler", async (t) => {
		const web = await ServedHttp2Server.open(t, "http");
		const session = web.connect();
		await once(session, "remoteSettings");
		void web.service.stop();
		const { stream } = ask(session, "/held");
		await web.until(() => web.service.inFlight().length > 0);
		stream.close(NGHTTP2_CANCEL);
		await web.drained();
		assert.deepEqual(web.executed, []);
	});

	rule(
		"a handler whose client has gone and that never ends is waited for until time is nearly over, and that is no failure",
		async (t) => {
			const one = await held(t, "its response", {
				clock: new FakeClock(),
				service: { gracePeriodMs: 400, lingerMs: 50 },
			});
			await gone(one, () => one.client.close(NGHTTP2_CANCEL));
			const { ok, left, endedEarly } = await one.web.service.stop();
			assert.deepEqual([ok, left], [true, []]);
			assert.deepEqual(
				endedEarly.map(({ name, what, why }) => `${name} ${what} ${why}`),
				["web GET /hold client-gone"],
			);
		},
	);
});
