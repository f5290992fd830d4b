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
import { FakeClock } from "../core/fake-clock.ts";
import { ask, Http2Scene, type Http2SceneOptions } from "./http2-scene.ts";
import { rule } from "./scene.ts";

const { NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR } = constants;

/** A stream in its handler's hands, by one of the two APIs of `node:http2`, and its client. */
interface Held {
	readonly scene: Http2Scene;
	readonly session: ClientHttp2Session;
	readonly client: ClientHttp2Stream;
	readonly stream: ServerHttp2Stream;
	readonly response: Http2ServerResponse | undefined;
}

type Api = "its response" | "its stream";

async function held(
	t: TestContext,
	api: Api,
	options: Http2SceneOptions = {},
	headers: OutgoingHttpHeaders = {},
): Promise<Held> {
	const scene = await Http2Scene.open(t, "http", options);
	let response: Http2ServerResponse | undefined;
	if (api === "its response")
		scene.server.on("request", (_, itsResponse: Http2ServerResponse) => {
			response = itsResponse;
		});
	const session = scene.connect();
	const { stream: client } = ask(session, { ":path": "/hold", ...headers });
	const { stream } = await scene.handed("/hold");
	return { scene, session, client, stream, response };
}

/** Waits until the server knows that its client has gone. */
async function gone({ stream }: Held, go: () => void): Promise<void> {
	stream.on("error", () => {});
	// Not `once()`, which rejects where there is an error.
	const closed = new Promise((resolve) => stream.on("close", resolve));
	go();
	await closed;
}

function named({ service }: Http2Scene): string[] {
	return service.inFlight().map(({ name, what }) => `${name} ${what}`);
}

const HANDLER_GOES_ON = ["web GET /hold (its client has gone)"];

/** How a client goes. */
const ways: readonly (readonly [how: string, go: (held: Held) => void])[] = [
	["resets its stream", ({ client }) => client.close(NGHTTP2_CANCEL)],
	["closes its connection", ({ session }) => session.destroy()],
];

/** How a handler comes to its end, when its client has gone. */
const ends: readonly (readonly [api: Api, how: string, end: (held: Held) => unknown])[] = [
	["its response", "end()", ({ response }) => response?.end("too late")],
	["its response", "writeHead() and end()", ({ response }) => response?.writeHead(200).end()],
	["its response", "end() of its stream", ({ stream }) => stream.end()],
	["its stream", "end()", ({ stream }) => stream.end()],
	["its stream", "respond(), which throws", ({ stream }) => assert.throws(() => stream.respond({ ":status": 200 }))],
	["its stream", "close()", ({ stream }) => stream.close()],
	["its stream", "destroy()", ({ stream }) => stream.destroy()],
];

void describe("HTTP/2: clients that gave up", () => {
	for (const [how, go] of ways) {
		for (const [api, by, end] of ends) {
			rule(`a client that ${how} before the stop: its handler is waited for, until ${api} has ${by}`, async (t) => {
				const one = await held(t, api);
				const { scene } = one;
				await gone(one, () => go(one));
				assert.deepEqual(named(scene), HANDLER_GOES_ON);
				void scene.service.stop();
				await scene.listenerClosed();
				assert.deepEqual(named(scene), HANDLER_GOES_ON);
				end(one);
				assert.deepEqual(named(scene), []);
				await scene.drained();
			});
		}

		rule(`a client that ${how} while draining: its handler is waited for`, async (t) => {
			const one = await held(t, "its response");
			const { scene, session } = one;
			const left = once(session, "goaway");
			void scene.service.stop();
			await left;
			await gone(one, () => go(one));
			assert.deepEqual(named(scene), HANDLER_GOES_ON);
			one.response?.end();
			await scene.drained();
		});
	}

	for (const [what, headers, begin] of [
		[
			"of an EventSource",
			{ accept: "text/event-stream" },
			({ stream }) => stream.respond({ "content-type": "text/event-stream" }),
		],
		["of gRPC", { ":method": "POST", "content-type": "application/grpc+proto" }, ({ stream }) => stream.respond()],
		["that is ended, and not read", {}, ({ stream }) => stream.end(Buffer.alloc(20_000_000))],
	] as [string, OutgoingHttpHeaders, (held: Held) => void][]) {
		rule(`a response is not waited for without its client: one ${what}`, async (t) => {
			const one = await held(t, "its stream", {}, headers);
			begin(one);
			await gone(one, () => one.client.close(NGHTTP2_CANCEL));
			assert.deepEqual(named(one.scene), []);
			void one.scene.service.stop();
			await one.scene.drained();
		});
	}

	rule("a response that a stream is piped into, by its response, is not waited for without its client", async (t) => {
		const one = await held(t, "its response");
		new Readable({ read() {} }).pipe(one.response as never);
		await gone(one, () => one.client.close(NGHTTP2_CANCEL));
		assert.deepEqual(named(one.scene), []);
	});

	rule("a handler that resets its stream with an error of its own is not waited for", async (t) => {
		const one = await held(t, "its stream");
		await gone(one, () => one.stream.close(NGHTTP2_INTERNAL_ERROR));
		assert.deepEqual(named(one.scene), []);
		await one.scene.service.stop();
	});

	rule("a stream that is reset while it is held has no handler", async (t) => {
		const scene = await Http2Scene.open(t, "http");
		const session = scene.connect();
		await once(session, "remoteSettings");
		void scene.service.stop();
		const { stream } = ask(session, "/held");
		await scene.until(() => scene.service.inFlight().length > 0);
		stream.close(NGHTTP2_CANCEL);
		await scene.drained();
		assert.deepEqual(scene.executed, []);
	});

	rule("a handler that never ends is waited for until time is nearly over, and that is no failure", async (t) => {
		const one = await held(t, "its response", {
			clock: new FakeClock(),
			service: { gracePeriodMs: 400, lingerMs: 50 },
		});
		await gone(one, () => one.client.close(NGHTTP2_CANCEL));
		const { ok, left, endedEarly } = await one.scene.service.stop();
		assert.deepEqual([ok, left], [true, []]);
		assert.deepEqual(
			endedEarly.map(({ name, what, why }) => `${name} ${what} ${why}`),
			["web GET /hold client-gone"],
		);
	});
});
