import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerHttp2Session } from "node:http2";
import { describe, type TestContext } from "node:test";
import { connect as connectTls } from "node:tls";
import { connectSecurely } from "../support/http-kinds.ts";
import { WireClient } from "../support/http2-wire.ts";
import { Client } from "./client.ts";
import { brief } from "./responses.ts";
import { rule } from "./rule.ts";
import { ask, ServedHttp2Server } from "./served-http2-server.ts";

const END_STREAM = 1;
const PROTOCOL_ERROR = 1;

/** A client that has had a response, and then sends nothing, not even PING acknowledgements. */
async function silentClient(t: TestContext, web: ServedHttp2Server, client: WireClient): Promise<WireClient> {
	t.after(() => client.socket.destroy());
	client.socket.write(WireClient.get(1, "/first"));
	await web.until(() => client.isAnswered(1));
	return client;
}

/** Sends requests until GOAWAY, so that `streams` streams are open all the time. Acknowledges each PING. */
function askWithoutPause(client: WireClient, streams: number): void {
	let next = -1;
	const go = (): void => {
		next += 2;
		client.socket.write(WireClient.get(next, `/${next}`));
	};
	client.onFrame = (received) => {
		const { type, flags } = received;
		if (type === "PING") client.socket.write(WireClient.pong(received));
		if (type === "DATA" && flags & END_STREAM && client.goaway === undefined) go();
	};
	for (let stream = 0; stream < streams; stream++) go();
}

void describe("HTTP/2: when GOAWAY is sent", () => {
	rule("a client that ignores PING does not delay GOAWAY of other sessions", async (t) => {
		const web = await ServedHttp2Server.open(t, "http", { service: { lingerMs: 60_000 } });
		const silent = await silentClient(t, web, new WireClient(web.port));
		const order: string[] = [];
		let before: string[] | undefined;
		silent.onFrame = ({ type }) => {
			if (type === "GOAWAY") before ??= [...order];
		};
		const known = web.connect();
		known.once("goaway", () => order.push("known session closed"));
		await ask(known, "/known").ended;
		const fresh = web.connect();
		await once(fresh, "remoteSettings");
		void web.service.stop();
		// Held while the accept queue is emptied.
		void ask(fresh, "/fresh").ended.then(({ text }) => order.push(text));
		await web.until(() => before !== undefined);
		assert.deepEqual(before?.sort(), ["answer to /fresh", "known session closed"]);
		silent.socket.end();
		await web.drained();
	});

	rule("a client that ignores PING does not delay a new HTTP/1.1 connection", async (t) => {
		const web = await ServedHttp2Server.open(t, "https", {
			server: { allowHTTP1: true },
			service: { lingerMs: 60_000 },
		});
		let wasSilentTold: boolean | undefined;
		web.server.on("request", (request, response) => {
			if (request.httpVersionMajor !== 1) return;
			wasSilentTold = silentSession?.closed;
			response.end("whole");
		});
		let silentSession: ServerHttp2Session | undefined;
		web.server.once("session", (session: ServerHttp2Session) => {
			silentSession = session;
		});
		const socket = connectTls({
			port: web.port,
			host: "127.0.0.1",
			rejectUnauthorized: false,
			ALPNProtocols: ["h2"],
		});
		await once(socket, "secureConnect");
		const silent = await silentClient(t, web, new WireClient(socket));
		const fresh = new Client(connectSecurely(web.port));
		t.after(() => fresh.socket.destroy());
		await once(fresh.socket, "secureConnect");
		void web.service.stop();
		assert.equal(brief(await fresh.fetch("/")), '200 "whole" close');
		assert.equal(wasSilentTold, false);
		for (const one of [silent, fresh]) one.socket.end();
		await web.drained();
	});

	rule("a client that ignores PING gets GOAWAY all the same", async (t) => {
		const web = await ServedHttp2Server.open(t, "http");
		const silent = await silentClient(t, web, new WireClient(web.port));
		void web.service.stop();
		await web.until(() => silent.goaway !== undefined);
		assert.deepEqual(silent.goaway, { lastStream: 1, code: 0 });
		silent.socket.end();
		await web.drained();
	});

	rule(
		"a client that never pauses gets GOAWAY when every executed request is answered, and the rest is refused",
		async (t) => {
			const web = await ServedHttp2Server.open(t, "http", {
				handler: (stream) => {
					setImmediate(() => {
						stream.respond({ ":status": 200 });
						stream.end("whole");
					});
					return true;
				},
			});
			const client = new WireClient(web.port);
			t.after(() => client.socket.destroy());
			askWithoutPause(client, 4);
			await web.until(() => web.executed.length > 100);
			void web.service.stop();
			await web.until(() => client.goaway !== undefined);
			const goaway = client.frames.findIndex(({ type }) => type === "GOAWAY");
			const answered = client.frames
				.slice(0, goaway)
				.filter(({ type, flags }) => type === "DATA" && flags & END_STREAM);
			assert.deepEqual(answered.map(({ stream }) => `/${stream}`).sort(), [...web.executed].sort());
			client.socket.end();
			await web.drained();
			// GOAWAY's last stream id is right, and does not change.
			const highest = Math.max(...answered.map(({ stream }) => stream));
			const lastStreams = client.frames
				.filter(({ type }) => type === "GOAWAY")
				.map(({ payload }) => payload.readUInt32BE(0));
			assert.ok(lastStreams.every((lastStream) => lastStream === highest));
			assert.equal(web.executed.length, answered.length);
		},
	);

	rule("a held stream that its client resets with an error affects nothing else", async (t) => {
		const web = await ServedHttp2Server.open(t, "http");
		const client = new WireClient(web.port);
		t.after(() => client.socket.destroy());
		await once(web.server, "session");
		void web.service.stop();
		client.socket.write(WireClient.get(1, "/held"));
		await web.until(() => web.service.inFlight().length > 0);
		client.socket.write(WireClient.reset(1, PROTOCOL_ERROR));
		client.socket.end();
		await web.drained();
		assert.deepEqual(web.executed, []);
	});

	rule("a stream that stays open does not hold up GOAWAY for long", async (t) => {
		const web = await ServedHttp2Server.open(t, "http");
		const session = web.connect();
		const { ended } = ask(session, "/hold");
		const { stream } = await web.handed("/hold");
		void web.service.stop();
		await once(session, "goaway");
		stream.respond({ ":status": 200 });
		stream.end("whole");
		assert.deepEqual(await ended, { status: 200, text: "whole" });
		await web.drained();
	});
});
