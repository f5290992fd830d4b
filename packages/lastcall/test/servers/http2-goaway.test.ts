import assert from "node:assert/strict";
import { once } from "node:events";
import { describe } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { block } from "../support/block-loop.ts";
import { WireClient } from "../support/http2-wire.ts";
import { rule } from "./rule.ts";
import { ask, LINGER_MS, ServedHttp2Server } from "./served-http2-server.ts";

const FRAME_HEAD_BYTES = 9;

for (const scheme of ["http", "https"] as const) {
	void describe(`HTTP/2 over ${scheme}: GOAWAY`, () => {
		rule("ten streams of a session are completed, whenever each ends, and GOAWAY covers all of them", async (t) => {
			const web = await ServedHttp2Server.open(t, scheme);
			const session = web.connect();
			const goaways: number[][] = [];
			session.on("goaway", (code, lastStream) => goaways.push([code, lastStream]));
			const asked = Array.from({ length: 10 }, (_, i) => ask(session, `/hold/${i}`));
			await web.handed("/hold/9");
			const finish = async (i: number): Promise<void> => {
				const { stream } = await web.handed(`/hold/${i}`);
				stream.respond({ ":status": 200 });
				stream.end(`whole ${i}`);
			};
			for (const i of [7, 0]) await finish(i);
			void web.service.stop();
			for (const i of [3, 9]) await finish(i);
			await once(session, "goaway");
			for (const i of [8, 1, 2, 4, 5, 6]) await finish(i);
			const endings = await Promise.all(asked.map(({ ended }) => ended));
			assert.deepEqual(
				endings,
				endings.map((_, i) => ({ text: `whole ${i}`, status: 200 })),
			);
			await web.drained();
			assert.deepEqual(goaways[0], [0, 19]);
			assert.ok(goaways.every(([code, last]) => code === 0 && last === 19));
		});

		rule("requests that are in the kernel at the stop are answered", async (t) => {
			const web = await ServedHttp2Server.open(t, scheme);
			const session = web.connect();
			await ask(session, "/first").ended;
			const asked = Array.from({ length: 5 }, (_, i) => ask(session, `/${i}`));
			// Node.js writes the requests in this turn, and reads nothing before the next.
			setImmediate(() => {
				block(20);
				void web.service.stop();
			});
			const endings = await Promise.all(asked.map(({ ended }) => ended));
			assert.deepEqual(
				endings.map(({ text }) => text),
				endings.map((_, i) => `answer to /${i}`),
			);
			await web.drained();
		});

		rule("a new session can still send a request once the listener is closed", async (t) => {
			const web = await ServedHttp2Server.open(t, scheme, { service: { lingerMs: 60_000 } });
			const session = web.connect();
			await once(session, "remoteSettings");
			void web.service.stop();
			await web.listenerClosed();
			const goaway = once(session, "goaway");
			assert.deepEqual(await ask(session, "/late").ended, { status: 200, text: "answer to /late" });
			assert.deepEqual((await goaway).slice(0, 2), [0, 1]);
			await web.drained();
		});

		rule("a session without any request gets GOAWAY when the linger is over", async (t) => {
			const web = await ServedHttp2Server.open(t, scheme);
			const session = web.connect();
			await once(session, "remoteSettings");
			void web.service.stop();
			assert.equal((await once(session, "goaway"))[0], 0);
			const { durationMs } = await web.drained();
			assert.ok(durationMs >= LINGER_MS);
		});

		rule("an idle session gets GOAWAY at once, and does not delay the drain", async (t) => {
			const web = await ServedHttp2Server.open(t, scheme, { service: { lingerMs: 60_000 } });
			const session = web.connect();
			await ask(session, "/first").ended;
			void web.service.stop();
			assert.deepEqual((await once(session, "goaway")).slice(0, 2), [0, 1]);
			await web.drained();
		});

		rule("a request that its client cancels while it is held is not executed", async (t) => {
			const web = await ServedHttp2Server.open(t, scheme);
			const session = web.connect();
			await once(session, "remoteSettings");
			void web.service.stop();
			const { stream, ended } = ask(session, "/taken-back");
			await web.until(() => web.service.inFlight().length > 0);
			stream.close(8);
			await ended;
			await web.drained();
			assert.deepEqual(web.executed, []);
		});

		rule("close() by the program while draining does not disturb a request in flight", async (t) => {
			const web = await ServedHttp2Server.open(t, scheme);
			const session = web.connect();
			const { ended } = ask(session, "/hold");
			const { stream } = await web.handed("/hold");
			void web.service.stop();
			await web.listenerClosed();
			web.server.close();
			stream.respond({ ":status": 200 });
			stream.end("whole");
			assert.deepEqual(await ended, { status: 200, text: "whole" });
			await web.drained();
		});
	});
}

void describe("HTTP/2: clients that ignore GOAWAY", () => {
	rule("a stream after GOAWAY is not executed, and is above GOAWAY's last stream id", async (t) => {
		const web = await ServedHttp2Server.open(t, "http");
		const client = new WireClient(web.port);
		t.after(() => client.socket.destroy());
		client.socket.write(WireClient.get(1, "/hold"));
		const { stream } = await web.handed("/hold");
		void web.service.stop();
		await web.until(() => client.goaway !== undefined);
		const before = stream.session?.socket.bytesRead ?? 0;
		client.socket.write(WireClient.get(3, "/behind"));
		await web.until(() => (stream.session?.socket.bytesRead ?? 0) > before);
		stream.respond({ ":status": 200 });
		stream.end("whole");
		await web.until(() => client.isEnded);
		assert.deepEqual(client.goaway, { lastStream: 1, code: 0 });
		assert.equal(client.isAnswered(1), true);
		assert.equal(
			client.frames.some(({ type, stream: id }) => id === 3 && type !== "RST_STREAM"),
			false,
		);
		assert.deepEqual(web.executed, ["/hold"]);
		await web.drained();
	});

	rule("a request whose head has come in part before GOAWAY is served", async (t) => {
		const web = await ServedHttp2Server.open(t, "http", { service: { lingerMs: 60_000 } });
		const client = new WireClient(web.port);
		client.socket.write(WireClient.get(1, "/first"));
		await web.until(() => client.isAnswered(1));
		const other = web.connect();
		await ask(other, "/first").ended;
		const head = WireClient.get(3, "/in-two-parts");
		client.socket.write(head.subarray(0, 20));
		void web.service.stop();
		// By then all sessions that get GOAWAY at once have it.
		await once(other, "goaway");
		for (let turns = 0; turns < 10; turns++) await nextTurn();
		assert.equal(client.goaway, undefined);
		client.socket.write(head.subarray(20));
		await web.until(() => client.isAnswered(3));
		await web.until(() => client.goaway !== undefined);
		assert.deepEqual(client.goaway, { lastStream: 3, code: 0 });
		client.socket.end();
		await web.drained();
	});

	for (const { what, goesOn } of [
		{ what: "sends half a head and falls silent", goesOn: false },
		{ what: "sends half a head and drips the rest", goesOn: true },
	]) {
		rule(`a client that ${what} is ended, and its complete response is not in flight`, async (t) => {
			const web = await ServedHttp2Server.open(t, "http");
			const client = new WireClient(web.port);
			client.socket.write(WireClient.get(1, "/first"));
			await web.until(() => client.isAnswered(1));
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
			void web.service.stop();
			await web.until(() => client.goaway !== undefined);
			const named = web.service.inFlight().map(({ name, what }) => `${name} ${what}`);
			assert.deepEqual(named, []);
			await web.until(() => client.isEnded);
			assert.equal(client.goaway?.code, 0);
			await web.drained();
			assert.deepEqual(web.executed, ["/first"]);
		});
	}

	rule("half a head does not cut the response before it, however late that is read", async (t) => {
		const large = Buffer.alloc(20_000_000);
		const web = await ServedHttp2Server.open(t, "http", {
			handler: (stream, { ":path": path }) => {
				if (path !== "/large") return false;
				stream.respond({ ":status": 200 });
				stream.end(large);
				return true;
			},
		});
		const connection = once(web.server, "connection");
		const bystander = new WireClient(web.port);
		const bystanderGone = connection.then(([socket]) => once(socket, "close"));
		bystander.socket.write(WireClient.get(1, "/first"));
		await web.until(() => bystander.isAnswered(1));
		const client = new WireClient(web.port);
		t.after(() => {
			for (const { socket } of [client, bystander]) socket.destroy();
		});
		client.socket.pause();
		client.socket.write(WireClient.wideWindow());
		client.socket.write(WireClient.get(1, "/large"));
		const { stream } = await web.handed("/large");
		await web.until(() => stream.closed);
		for (const { socket } of [client, bystander]) socket.write(WireClient.halfGet(3, "/half"));
		void web.service.stop();
		await web.until(() => bystander.goaway !== undefined);
		assert.deepEqual(
			web.service.inFlight().map(({ what }) => what),
			["GET /large"],
		);
		await bystanderGone;
		client.socket.resume();
		await web.until(() => client.isEnded);
		const received = client.frames.reduce((sum, f) => sum + (f.type === "DATA" ? f.payload.length : 0), 0);
		assert.equal(received, large.length);
		await web.drained();
	});

	rule("a client that stays open after GOAWAY is ended after the linger", async (t) => {
		const web = await ServedHttp2Server.open(t, "http");
		const client = new WireClient(web.port);
		client.socket.write(WireClient.get(1, "/first"));
		await web.until(() => client.isAnswered(1));
		void web.service.stop();
		await web.drained();
		client.socket.destroy();
		assert.equal(client.goaway?.code, 0);
	});
});
