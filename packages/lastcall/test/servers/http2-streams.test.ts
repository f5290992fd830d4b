import assert from "node:assert/strict";
import { once } from "node:events";
import type { ClientHttp2Stream, ServerHttp2Stream } from "node:http2";
import { describe } from "node:test";
import { createSecureContext, type SecureContext } from "node:tls";
import { ask, endOf, Http2Scene } from "./http2-scene.ts";
import { certificate } from "./kinds.ts";
import { rule } from "./scene.ts";

const short = { gracePeriodMs: 300, lingerMs: 50 };

for (const scheme of ["http", "https"] as const) {
	void describe(`HTTP/2 over ${scheme}: streams`, () => {
		rule("20 MB that are read slowly arrive whole", async (t) => {
			const large = Buffer.alloc(20_000_000, "x");
			const scene = await Http2Scene.open(t, scheme, {
				handler: (stream) => {
					stream.respond({ ":status": 200 });
					stream.end(large);
					return true;
				},
			});
			const session = scene.connect();
			const { stream } = ask(session, "/large", { paused: true });
			await scene.handed("/large");
			void scene.service.stop();
			await once(session, "goaway");
			let length = 0;
			for await (const part of stream) length += (part as string).length;
			assert.equal(length, large.length);
			await scene.drained();
		});

		rule("an upload and trailers go on, both ways", async (t) => {
			const scene = await Http2Scene.open(t, scheme);
			const session = scene.connect();
			const { stream: upload, ended } = ask(session, { ":method": "POST", ":path": "/hold" }, { body: true });
			const { stream } = await scene.handed("/hold");
			upload.write("before ");
			void scene.service.stop();
			await once(session, "goaway");
			stream.respond({ ":status": 200 }, { waitForTrailers: true });
			stream.on("wantTrailers", () => stream.sendTrailers({ "x-sum": "right" }));
			stream.pipe(stream);
			upload.end("behind");
			const { text, trailers, error } = await ended;
			assert.deepEqual([text, trailers?.["x-sum"], error], ["before behind", "right", undefined]);
			await scene.drained();
		});

		rule("an answer that is given before the upload is there arrives", async (t) => {
			const scene = await Http2Scene.open(t, scheme);
			const session = scene.connect();
			const { stream: upload, ended } = ask(session, { ":method": "POST", ":path": "/hold" }, { body: true });
			upload.write(Buffer.alloc(30_000));
			const { stream } = await scene.handed("/hold");
			void scene.service.stop();
			await once(session, "goaway");
			stream.respond({ ":status": 200 });
			stream.end("early");
			upload.end(Buffer.alloc(1_000_000));
			const { status, text } = await ended;
			assert.deepEqual([status, text], [200, "early"]);
			await scene.drained();
		});

		rule("a push that is under way is finished", async (t) => {
			const scene = await Http2Scene.open(t, scheme);
			const session = scene.connect();
			const pushed = once(session, "stream") as Promise<[ClientHttp2Stream]>;
			const { ended } = ask(session, "/hold");
			const { stream } = await scene.handed("/hold");
			const push = await new Promise<ServerHttp2Stream>((resolve, reject) => {
				stream.pushStream({ ":path": "/pushed" }, (error, pushStream) => (error ? reject(error) : resolve(pushStream)));
			});
			push.respond({ ":status": 200 });
			push.write("pushed ");
			const [received] = await pushed;
			const receivedWhole = endOf(received);
			void scene.service.stop();
			await once(session, "goaway");
			stream.respond({ ":status": 200 });
			stream.end("whole");
			assert.equal((await ended).text, "whole");
			push.end("whole");
			const { text, error } = await receivedWhole;
			assert.deepEqual([text, error], ["pushed whole", undefined]);
			await scene.drained();
		});

		rule("an Extended CONNECT is in flight until it ends; a new one is refused", async (t) => {
			const scene = await Http2Scene.open(t, scheme, {
				server: { settings: { enableConnectProtocol: true } },
				handler: (stream, headers) => {
					if (headers[":method"] === "CONNECT") stream.respond({ ":status": 200 });
					return headers[":method"] === "CONNECT";
				},
			});
			const session = scene.connect();
			await once(session, "remoteSettings");
			const chat = { ":method": "CONNECT", ":protocol": "websocket", ":path": "/hold/chat" };
			const { stream: client, ended } = ask(session, chat, { body: true });
			const { stream } = await scene.handed("/hold/chat");
			assert.deepEqual(
				scene.service.inFlight().map(({ what }) => what),
				["upgraded stream CONNECT /hold/chat"],
			);
			const goaway = once(session, "goaway");
			void scene.service.stop();
			const late = await ask(session, { ...chat, ":path": "/late" }, { body: true }).ended;
			assert.deepEqual(late, { text: "", error: 7 });
			await goaway;
			stream.pipe(stream);
			client.end("said on the way");
			const { text, error } = await ended;
			assert.deepEqual([text, error], ["said on the way", undefined]);
			await scene.drained();
			assert.deepEqual(scene.executed, ["/hold/chat"]);
		});

		rule("half an answer is not taken for a whole one at the hard stop, and what was held for refused", async (t) => {
			const scene = await Http2Scene.open(t, scheme);
			const session = scene.connect();
			const { ended } = ask(session, "/hold");
			const { stream } = await scene.handed("/hold");
			stream.respond({ ":status": 200 });
			stream.write("half");
			void scene.service.stop();
			const held = ask(session, "/held-back");
			await scene.until(() => scene.service.inFlight().length === 2);
			const { left } = await scene.service.stopNow();
			assert.deepEqual(
				left.map(({ what }) => what),
				["GET /hold", "GET /held-back"],
			);
			// Without an error, which Node's own client tells from CANCEL, half of it would look whole.
			assert.equal((await ended).error, 2);
			assert.deepEqual(await held.ended, { text: "", error: 7 });
			assert.deepEqual(scene.executed, ["/hold"]);
		});

		rule("who reads too slowly is dropped at the deadline, and named", async (t) => {
			const scene = await Http2Scene.open(t, scheme, {
				service: short,
				handler: (stream) => {
					stream.respond({ ":status": 200 });
					stream.end(Buffer.alloc(20_000_000));
					return true;
				},
			});
			const { ended } = ask(scene.connect(), "/large", { paused: true });
			await scene.handed("/large");
			const { left, hardStop } = await scene.service.stop();
			assert.equal(hardStop?.cause, "deadline");
			assert.deepEqual(
				left.map(({ what }) => what),
				["GET /large"],
			);
			assert.ok((await ended).error !== undefined);
		});
	});
}

void describe("HTTP/2 over https: handshakes", () => {
	rule("one that is done after the sweep gets to ask", async (t) => {
		let finish: ((error: null, context: SecureContext) => void) | undefined;
		const scene = await Http2Scene.open(t, "https", {
			service: { lingerMs: 60_000 },
			server: {
				SNICallback: (_, done) => {
					finish = done;
				},
			},
		});
		const session = scene.connect({ servername: "localhost" });
		await scene.until(() => finish !== undefined);
		const { ended } = ask(session, "/late");
		void scene.service.stop();
		await scene.listenerClosed();
		finish?.(null, createSecureContext(certificate));
		assert.deepEqual(await ended, { status: 200, text: "answer to /late" });
		await scene.drained();
	});
});
