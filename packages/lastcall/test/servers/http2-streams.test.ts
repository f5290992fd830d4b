import assert from "node:assert/strict";
import { once } from "node:events";
import type { ClientHttp2Stream, ServerHttp2Stream } from "node:http2";
import { describe } from "node:test";
import { createSecureContext, type SecureContext } from "node:tls";
import { certificate } from "../support/certificate.ts";
import { rule } from "./rule.ts";
import { ask, endOf, ServedHttp2Server } from "./served-http2-server.ts";

const short = { gracePeriodMs: 300, lingerMs: 50 };

for (const scheme of ["http", "https"] as const) {
	void describe(`HTTP/2 over ${scheme}: streams`, () => {
		rule("20 MB that are read slowly arrive completely", async (t) => {
			const large = Buffer.alloc(20_000_000, "x");
			const web = await ServedHttp2Server.open(t, scheme, {
				handler: (stream) => {
					stream.respond({ ":status": 200 });
					stream.end(large);
					return true;
				},
			});
			const session = web.connect();
			const { stream } = ask(session, "/large", { paused: true });
			await web.handed("/large");
			void web.service.stop();
			await once(session, "goaway");
			let length = 0;
			for await (const part of stream) length += (part as string).length;
			assert.equal(length, large.length);
			await web.drained();
		});

		rule("a stream keeps a `_destroy` of its own, and is in flight until it closes", async (t) => {
			const web = await ServedHttp2Server.open(t, scheme);
			const { emit } = web.server;
			let destroyed = 0;
			web.server.emit = (event: string, ...args: unknown[]): boolean => {
				const [stream] = args as ServerHttp2Stream[];
				if (event === "stream" && stream !== undefined) {
					const { _destroy: destroy } = stream;
					stream._destroy = (...how): void => {
						destroyed++;
						destroy.apply(stream, how);
					};
				}
				return Reflect.apply(emit, web.server, [event, ...args]) as boolean;
			};
			const { ended } = ask(web.connect(), "/hold");
			const { stream } = await web.handed("/hold");
			assert.equal(web.service.inFlight().length, 1);
			stream.respond({ ":status": 200 });
			stream.end("late");
			assert.equal((await ended).text, "late");
			await web.until(() => web.service.inFlight().length === 0);
			assert.equal(destroyed, 1);
			void web.service.stop();
			await web.drained();
		});

		rule("an upload and trailers in both directions go on", async (t) => {
			const web = await ServedHttp2Server.open(t, scheme);
			const session = web.connect();
			const { stream: upload, ended } = ask(session, { ":method": "POST", ":path": "/hold" }, { body: true });
			const { stream } = await web.handed("/hold");
			upload.write("before ");
			void web.service.stop();
			await once(session, "goaway");
			stream.respond({ ":status": 200 }, { waitForTrailers: true });
			stream.on("wantTrailers", () => stream.sendTrailers({ "x-sum": "right" }));
			stream.pipe(stream);
			upload.end("behind");
			const { text, trailers, error } = await ended;
			assert.deepEqual([text, trailers?.["x-sum"], error], ["before behind", "right", undefined]);
			await web.drained();
		});

		rule("a response that is sent before the end of the upload arrives", async (t) => {
			const web = await ServedHttp2Server.open(t, scheme);
			const session = web.connect();
			const { stream: upload, ended } = ask(session, { ":method": "POST", ":path": "/hold" }, { body: true });
			upload.write(Buffer.alloc(30_000));
			const { stream } = await web.handed("/hold");
			void web.service.stop();
			await once(session, "goaway");
			stream.respond({ ":status": 200 });
			stream.end("early");
			upload.end(Buffer.alloc(1_000_000));
			const { status, text } = await ended;
			assert.deepEqual([status, text], [200, "early"]);
			await web.drained();
		});

		rule("a server push in progress is finished", async (t) => {
			const web = await ServedHttp2Server.open(t, scheme);
			const session = web.connect();
			const pushed = once(session, "stream") as Promise<[ClientHttp2Stream]>;
			const { ended } = ask(session, "/hold");
			const { stream } = await web.handed("/hold");
			const push = await new Promise<ServerHttp2Stream>((resolve, reject) => {
				stream.pushStream({ ":path": "/pushed" }, (error, pushStream) => (error ? reject(error) : resolve(pushStream)));
			});
			push.respond({ ":status": 200 });
			push.write("pushed ");
			const [received] = await pushed;
			const receivedWhole = endOf(received);
			void web.service.stop();
			await once(session, "goaway");
			stream.respond({ ":status": 200 });
			stream.end("whole");
			assert.equal((await ended).text, "whole");
			push.end("whole");
			const { text, error } = await receivedWhole;
			assert.deepEqual([text, error], ["pushed whole", undefined]);
			await web.drained();
		});

		rule("an extended CONNECT is in flight until it ends, and a new one is refused", async (t) => {
			const web = await ServedHttp2Server.open(t, scheme, {
				server: { settings: { enableConnectProtocol: true } },
				handler: (stream, headers) => {
					if (headers[":method"] === "CONNECT") stream.respond({ ":status": 200 });
					return headers[":method"] === "CONNECT";
				},
			});
			const session = web.connect();
			await once(session, "remoteSettings");
			const chat = { ":method": "CONNECT", ":protocol": "websocket", ":path": "/hold/chat" };
			const { stream: client, ended } = ask(session, chat, { body: true });
			const { stream } = await web.handed("/hold/chat");
			assert.deepEqual(
				web.service.inFlight().map(({ what }) => what),
				["upgraded stream CONNECT /hold/chat"],
			);
			const goaway = once(session, "goaway");
			void web.service.stop();
			const late = await ask(session, { ...chat, ":path": "/late" }, { body: true }).ended;
			assert.deepEqual(late, { text: "", error: 7 });
			await goaway;
			stream.pipe(stream);
			client.end("written on the way");
			const { text, error } = await ended;
			assert.deepEqual([text, error], ["written on the way", undefined]);
			await web.drained();
			assert.deepEqual(web.executed, ["/hold/chat"]);
		});

		rule(
			"at the hard stop half a response does not look complete, and a held request does not look processed",
			async (t) => {
				const web = await ServedHttp2Server.open(t, scheme);
				const session = web.connect();
				const { ended } = ask(session, "/hold");
				const { stream } = await web.handed("/hold");
				stream.respond({ ":status": 200 });
				stream.write("half");
				void web.service.stop();
				const held = ask(session, "/held-back");
				await web.until(() => web.service.inFlight().length === 2);
				const { left } = await web.service.stopNow();
				assert.deepEqual(
					left.map(({ what }) => what),
					["GET /hold", "GET /held-back"],
				);
				// Without an error other than CANCEL, Node's own client would take half of the response for all of it.
				assert.equal((await ended).error, 2);
				assert.deepEqual(await held.ended, { text: "", error: 7 });
				assert.deepEqual(web.executed, ["/hold"]);
			},
		);

		rule("a client that reads too slowly is dropped at the deadline, and its request is left by name", async (t) => {
			const web = await ServedHttp2Server.open(t, scheme, {
				service: short,
				handler: (stream) => {
					stream.respond({ ":status": 200 });
					stream.end(Buffer.alloc(20_000_000));
					return true;
				},
			});
			const { ended } = ask(web.connect(), "/large", { paused: true });
			await web.handed("/large");
			const { left, hardStop } = await web.service.stop();
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
	rule("a handshake that ends after the listener is closed can still send its request", async (t) => {
		let finish: ((error: null, context: SecureContext) => void) | undefined;
		const web = await ServedHttp2Server.open(t, "https", {
			service: { lingerMs: 60_000 },
			server: {
				SNICallback: (_, done) => {
					finish = done;
				},
			},
		});
		const session = web.connect({ servername: "localhost" });
		await web.until(() => finish !== undefined);
		const { ended } = ask(session, "/late");
		void web.service.stop();
		await web.listenerClosed();
		finish?.(null, createSecureContext(certificate));
		assert.deepEqual(await ended, { status: 200, text: "answer to /late" });
		await web.drained();
	});
});
