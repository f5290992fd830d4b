import assert from "node:assert/strict";
import { once } from "node:events";
import { describe } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { ask, Http2Scene, LINGER_MS } from "./http2-scene.ts";
import { WireClient } from "./http2-wire.ts";
import { block, rule } from "./scene.ts";

const FRAME_HEAD_BYTES = 9;

for (const scheme of ["http", "https"] as const) {
	void describe(`HTTP/2 over ${scheme}: GOAWAY`, () => {
		rule("ten streams of a session: each is whole, whenever it ends, and there is one GOAWAY", async (t) => {
			const scene = await Http2Scene.open(t, scheme);
			const session = scene.connect();
			const goaways: number[][] = [];
			session.on("goaway", (code, lastStream) => goaways.push([code, lastStream]));
			const asked = Array.from({ length: 10 }, (_, i) => ask(session, `/hold/${i}`));
			await scene.handed("/hold/9");
			const finish = async (i: number): Promise<void> => {
				const { stream } = await scene.handed(`/hold/${i}`);
				stream.respond({ ":status": 200 });
				stream.end(`whole ${i}`);
			};
			for (const i of [7, 0]) await finish(i);
			void scene.service.stop();
			for (const i of [3, 9]) await finish(i);
			await once(session, "goaway");
			for (const i of [8, 1, 2, 4, 5, 6]) await finish(i);
			const endings = await Promise.all(asked.map(({ ended }) => ended));
			assert.deepEqual(
				endings,
				endings.map((_, i) => ({ text: `whole ${i}`, status: 200 })),
			);
			await scene.drained();
			assert.deepEqual(goaways[0], [0, 19]);
			assert.ok(goaways.every(([code, last]) => code === 0 && last === 19));
		});

		rule("what is in the kernel at the stop is answered", async (t) => {
			const scene = await Http2Scene.open(t, scheme);
			const session = scene.connect();
			await ask(session, "/first").ended;
			const asked = Array.from({ length: 5 }, (_, i) => ask(session, `/${i}`));
			// Node.js writes them in this turn, and reads nothing before the next.
			setImmediate(() => {
				block(20);
				void scene.service.stop();
			});
			const endings = await Promise.all(asked.map(({ ended }) => ended));
			assert.deepEqual(
				endings.map(({ text }) => text),
				endings.map((_, i) => `answer to /${i}`),
			);
			await scene.drained();
		});

		rule("a new session gets to ask, once the listener is closed", async (t) => {
			const scene = await Http2Scene.open(t, scheme, { service: { lingerMs: 60_000 } });
			const session = scene.connect();
			await once(session, "remoteSettings");
			void scene.service.stop();
			await scene.listenerClosed();
			const goaway = once(session, "goaway");
			assert.deepEqual(await ask(session, "/late").ended, { status: 200, text: "answer to /late" });
			assert.deepEqual((await goaway).slice(0, 2), [0, 1]);
			await scene.drained();
		});

		rule("a session that never asks is told when the linger is over", async (t) => {
			const scene = await Http2Scene.open(t, scheme);
			const session = scene.connect();
			await once(session, "remoteSettings");
			void scene.service.stop();
			assert.equal((await once(session, "goaway"))[0], 0);
			const { durationMs } = await scene.drained();
			assert.ok(durationMs >= LINGER_MS);
		});

		rule("an idle session is told at once, and holds nothing", async (t) => {
			const scene = await Http2Scene.open(t, scheme, { service: { lingerMs: 60_000 } });
			const session = scene.connect();
			await ask(session, "/first").ended;
			void scene.service.stop();
			assert.deepEqual((await once(session, "goaway")).slice(0, 2), [0, 1]);
			await scene.drained();
		});

		rule("a request that its client takes back while it is held is not executed", async (t) => {
			const scene = await Http2Scene.open(t, scheme);
			const session = scene.connect();
			await once(session, "remoteSettings");
			void scene.service.stop();
			const { stream, ended } = ask(session, "/taken-back");
			await scene.until(() => scene.service.inFlight().length > 0);
			stream.close(8);
			await ended;
			await scene.drained();
			assert.deepEqual(scene.executed, []);
		});

		rule("close() by the program in the midst of it changes nothing", async (t) => {
			const scene = await Http2Scene.open(t, scheme);
			const session = scene.connect();
			const { ended } = ask(session, "/hold");
			const { stream } = await scene.handed("/hold");
			void scene.service.stop();
			await scene.listenerClosed();
			scene.server.close();
			stream.respond({ ":status": 200 });
			stream.end("whole");
			assert.deepEqual(await ended, { status: 200, text: "whole" });
			await scene.drained();
		});
	});
}

void describe("HTTP/2: clients that heed nothing", () => {
	rule("a stream behind GOAWAY is not executed, and GOAWAY says so", async (t) => {
		const scene = await Http2Scene.open(t, "http");
		const client = new WireClient(scene.port);
		t.after(() => client.socket.destroy());
		client.socket.write(WireClient.get(1, "/hold"));
		const { stream } = await scene.handed("/hold");
		void scene.service.stop();
		await scene.until(() => client.goaway !== undefined);
		const before = stream.session?.socket.bytesRead ?? 0;
		client.socket.write(WireClient.get(3, "/behind"));
		await scene.until(() => (stream.session?.socket.bytesRead ?? 0) > before);
		stream.respond({ ":status": 200 });
		stream.end("whole");
		await scene.until(() => client.isEnded);
		assert.deepEqual(client.goaway, { lastStream: 1, code: 0 });
		assert.equal(client.isAnswered(1), true);
		assert.equal(
			client.frames.some(({ type, stream: id }) => id === 3 && type !== "RST_STREAM"),
			false,
		);
		assert.deepEqual(scene.executed, ["/hold"]);
		await scene.drained();
	});

	rule("a head of which only a part has come at GOAWAY is served", async (t) => {
		const scene = await Http2Scene.open(t, "http", { service: { lingerMs: 60_000 } });
		const client = new WireClient(scene.port);
		client.socket.write(WireClient.get(1, "/first"));
		await scene.until(() => client.isAnswered(1));
		const other = scene.connect();
		await ask(other, "/first").ended;
		const head = WireClient.get(3, "/in-two-parts");
		client.socket.write(head.subarray(0, 20));
		void scene.service.stop();
		// All have been told by then who are told at once.
		await once(other, "goaway");
		for (let turns = 0; turns < 10; turns++) await nextTurn();
		assert.equal(client.goaway, undefined);
		client.socket.write(head.subarray(20));
		await scene.until(() => client.isAnswered(3));
		await scene.until(() => client.goaway !== undefined);
		assert.deepEqual(client.goaway, { lastStream: 3, code: 0 });
		client.socket.end();
		await scene.drained();
	});

	for (const { what, goesOn } of [
		{ what: "sends half a head and falls silent", goesOn: false },
		{ what: "sends half a head and drips the rest", goesOn: true },
	]) {
		rule(`a client that ${what} is ended, and no response that is out is named`, async (t) => {
			const scene = await Http2Scene.open(t, "http");
			const client = new WireClient(scene.port);
			client.socket.write(WireClient.get(1, "/first"));
			await scene.until(() => client.isAnswered(1));
			client.socket.write(WireClient.halfGet(3, "/half"));
			const continuation = WireClient.continuation(3);
			// In nine reads its head would be nine frames to nghttp2, and an error (INTERNAL_ERROR, "too many CONTINUATION frames").
			if (goesOn) client.socket.write(continuation.subarray(0, FRAME_HEAD_BYTES));
			const rest = continuation.subarray(FRAME_HEAD_BYTES).values();
			const more = setInterval(() => {
				const { value } = goesOn ? rest.next() : {};
				if (value !== undefined) client.socket.write(Buffer.of(value));
			}, 20);
			t.after(() => {
				clearInterval(more);
				client.socket.destroy();
			});
			void scene.service.stop();
			await scene.until(() => client.goaway !== undefined);
			const named = scene.service.inFlight().map(({ name, what }) => `${name} ${what}`);
			assert.deepEqual(named, []);
			await scene.until(() => client.isEnded);
			assert.equal(client.goaway?.code, 0);
			await scene.drained();
			assert.deepEqual(scene.executed, ["/first"]);
		});
	}

	rule("a head that stops half-way does not cut the response before it, however late that is read", async (t) => {
		const large = Buffer.alloc(20_000_000);
		const scene = await Http2Scene.open(t, "http", {
			handler: (stream, { ":path": path }) => {
				if (path !== "/large") return false;
				stream.respond({ ":status": 200 });
				stream.end(large);
				return true;
			},
		});
		const connection = once(scene.server, "connection");
		const bystander = new WireClient(scene.port);
		const bystanderGone = connection.then(([socket]) => once(socket, "close"));
		bystander.socket.write(WireClient.get(1, "/first"));
		await scene.until(() => bystander.isAnswered(1));
		const client = new WireClient(scene.port);
		t.after(() => {
			for (const { socket } of [client, bystander]) socket.destroy();
		});
		client.socket.pause();
		client.socket.write(WireClient.wideWindow());
		client.socket.write(WireClient.get(1, "/large"));
		const { stream } = await scene.handed("/large");
		await scene.until(() => stream.closed);
		for (const { socket } of [client, bystander]) socket.write(WireClient.halfGet(3, "/half"));
		void scene.service.stop();
		await scene.until(() => bystander.goaway !== undefined);
		assert.deepEqual(
			scene.service.inFlight().map(({ what }) => what),
			["GET /large"],
		);
		await bystanderGone;
		client.socket.resume();
		await scene.until(() => client.isEnded);
		const received = client.frames.reduce((sum, f) => sum + (f.type === "DATA" ? f.payload.length : 0), 0);
		assert.equal(received, large.length);
		await scene.drained();
	});

	rule("who stays and says nothing is ended after the linger", async (t) => {
		const scene = await Http2Scene.open(t, "http");
		const client = new WireClient(scene.port);
		client.socket.write(WireClient.get(1, "/first"));
		await scene.until(() => client.isAnswered(1));
		void scene.service.stop();
		await scene.drained();
		client.socket.destroy();
		assert.equal(client.goaway?.code, 0);
	});
});
