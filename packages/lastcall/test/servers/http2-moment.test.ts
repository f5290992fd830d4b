import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerHttp2Session } from "node:http2";
import { describe, type TestContext } from "node:test";
import { connect as connectTls } from "node:tls";
import { brief } from "./answers.ts";
import { Client } from "./client.ts";
import { ask, Http2Scene } from "./http2-scene.ts";
import { WireClient } from "./http2-wire.ts";
import { connectSecurely } from "./kinds.ts";
import { rule } from "./scene.ts";

const END_STREAM = 1;
const PROTOCOL_ERROR = 1;

/** A client that was answered once, and answers nothing: no PING either. */
async function silentClient(t: TestContext, scene: Http2Scene, client: WireClient): Promise<WireClient> {
	t.after(() => client.socket.destroy());
	client.socket.write(WireClient.get(1, "/first"));
	await scene.until(() => client.isAnswered(1));
	return client;
}

/** Asks for as long as it is not told to go, so that as many streams as that are open all the time. Answers each PING. */
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

void describe("HTTP/2: the moment of GOAWAY", () => {
	rule("a client that answers no PING holds no other session", async (t) => {
		const scene = await Http2Scene.open(t, "http", { service: { lingerMs: 60_000 } });
		const silent = await silentClient(t, scene, new WireClient(scene.port));
		const order: string[] = [];
		let before: string[] | undefined;
		silent.onFrame = ({ type }) => {
			if (type === "GOAWAY") before ??= [...order];
		};
		const known = scene.connect();
		known.once("goaway", () => order.push("known session told"));
		await ask(known, "/known").ended;
		const fresh = scene.connect();
		await once(fresh, "remoteSettings");
		void scene.service.stop();
		// Held while the accept queue is emptied.
		void ask(fresh, "/fresh").ended.then(({ text }) => order.push(text));
		await scene.until(() => before !== undefined);
		assert.deepEqual(before?.sort(), ["answer to /fresh", "known session told"]);
		silent.socket.end();
		await scene.drained();
	});

	rule("nor a newcomer that speaks HTTP/1.1", async (t) => {
		const scene = await Http2Scene.open(t, "https", { server: { allowHTTP1: true }, service: { lingerMs: 60_000 } });
		let wasSilentTold: boolean | undefined;
		scene.server.on("request", (request, response) => {
			if (request.httpVersionMajor !== 1) return;
			wasSilentTold = silentSession?.closed;
			response.end("whole");
		});
		let silentSession: ServerHttp2Session | undefined;
		scene.server.once("session", (session: ServerHttp2Session) => {
			silentSession = session;
		});
		const socket = connectTls({
			port: scene.port,
			host: "127.0.0.1",
			rejectUnauthorized: false,
			ALPNProtocols: ["h2"],
		});
		await once(socket, "secureConnect");
		const silent = await silentClient(t, scene, new WireClient(socket));
		const newcomer = new Client(connectSecurely(scene.port));
		t.after(() => newcomer.socket.destroy());
		await once(newcomer.socket, "secureConnect");
		void scene.service.stop();
		assert.equal(brief(await newcomer.fetch("/")), '200 "whole" close');
		assert.equal(wasSilentTold, false);
		for (const one of [silent, newcomer]) one.socket.end();
		await scene.drained();
	});

	rule("a client that answers no PING is told all the same", async (t) => {
		const scene = await Http2Scene.open(t, "http");
		const silent = await silentClient(t, scene, new WireClient(scene.port));
		void scene.service.stop();
		await scene.until(() => silent.goaway !== undefined);
		assert.deepEqual(silent.goaway, { lastStream: 1, code: 0 });
		silent.socket.end();
		await scene.drained();
	});

	rule(
		"a client without a pause is told when all that was executed is answered, and the rest is refused",
		async (t) => {
			const scene = await Http2Scene.open(t, "http", {
				handler: (stream) => {
					setImmediate(() => {
						stream.respond({ ":status": 200 });
						stream.end("whole");
					});
					return true;
				},
			});
			const client = new WireClient(scene.port);
			t.after(() => client.socket.destroy());
			askWithoutPause(client, 4);
			await scene.until(() => scene.executed.length > 100);
			void scene.service.stop();
			await scene.until(() => client.goaway !== undefined);
			const told = client.frames.findIndex(({ type }) => type === "GOAWAY");
			const answered = client.frames.slice(0, told).filter(({ type, flags }) => type === "DATA" && flags & END_STREAM);
			assert.deepEqual(answered.map(({ stream }) => `/${stream}`).sort(), [...scene.executed].sort());
			client.socket.end();
			await scene.drained();
			// What GOAWAY says is right, and is not taken back.
			const highest = Math.max(...answered.map(({ stream }) => stream));
			const said = client.frames.filter(({ type }) => type === "GOAWAY").map(({ payload }) => payload.readUInt32BE(0));
			assert.ok(said.every((lastStream) => lastStream === highest));
			assert.equal(scene.executed.length, answered.length);
		},
	);

	rule("a stream whose client resets it with an error while it is held ends nothing else", async (t) => {
		const scene = await Http2Scene.open(t, "http");
		const client = new WireClient(scene.port);
		t.after(() => client.socket.destroy());
		await once(scene.server, "session");
		void scene.service.stop();
		client.socket.write(WireClient.get(1, "/held"));
		await scene.until(() => scene.service.inFlight().length > 0);
		client.socket.write(WireClient.reset(1, PROTOCOL_ERROR));
		client.socket.end();
		await scene.drained();
		assert.deepEqual(scene.executed, []);
	});

	rule("a stream that is open for longer than that holds GOAWAY no longer", async (t) => {
		const scene = await Http2Scene.open(t, "http");
		const session = scene.connect();
		const { ended } = ask(session, "/hold");
		const { stream } = await scene.handed("/hold");
		void scene.service.stop();
		await once(session, "goaway");
		stream.respond({ ":status": 200 });
		stream.end("whole");
		assert.deepEqual(await ended, { status: 200, text: "whole" });
		await scene.drained();
	});
});
