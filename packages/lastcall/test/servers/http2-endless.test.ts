import assert from "node:assert/strict";
import { describe } from "node:test";
import { WireClient } from "../support/http2-wire.ts";
import { rule } from "./rule.ts";
import { ServedHttp2Server } from "./served-http2-server.ts";

const STREAMS_AT_ONCE = 1_000;
const FLOOD = 10 * STREAMS_AT_ONCE;
/** Of `maxSessionMemory`, in MB: Node.js has no room for more than some 1,600 streams then, and ends a session that opens more. */
const MEMORY = 1;
const MOST_KEPT = 3_000;

/** A client that opens streams without end: its streams are not kept, and no other client has to wait for it. */
void describe("HTTP/2: a client that opens streams without end", () => {
	rule(
		"while requests are held, a client that opens streams without end is limited by Node.js's own limit, and others are answered",
		async (t) => {
			const web = await ServedHttp2Server.open(t, "http", { server: { maxSessionMemory: MEMORY } });
			web.server.on("stream", (stream) => stream.on("error", () => {}));
			const kept = countStreams(web);
			const other = new WireClient(web.port);
			other.socket.write(WireClient.get(1, "/hold"));
			const { stream } = await web.handed("/hold");
			const client = new WireClient(web.port);
			await web.until(() => client.frames.length > 0);
			void web.service.stop();
			await flood(client, 1);
			stream.respond({ ":status": 200 });
			stream.end("whole");
			await web.until(() => other.isAnswered(1));
			assert.ok(kept() < MOST_KEPT, `${kept()} kept`);
			for (const { socket } of [client, other]) socket.end();
			await web.drained();
		},
	);

	rule("streams that a client opens without end after GOAWAY are not kept", async (t) => {
		const web = await ServedHttp2Server.open(t, "http");
		const kept = countStreams(web);
		const client = new WireClient(web.port);
		client.socket.write(WireClient.get(1, "/hold"));
		const { stream } = await web.handed("/hold");
		void web.service.stop();
		await web.until(() => client.goaway !== undefined);
		const before = kept();
		await flood(client, 3);
		stream.respond({ ":status": 200 });
		stream.end("whole");
		await web.until(() => client.isAnswered(1));
		assert.equal(kept(), before);
		client.socket.end();
		await web.drained();
		assert.deepEqual(web.executed, ["/hold"]);
	});
});

/** Counts the streams that the server has emitted. */
function countStreams({ server }: ServedHttp2Server): () => number {
	let count = 0;
	server.on("session", (session) => session.on("stream", () => count++));
	return () => count;
}

/** Sends as fast as it is taken, until the connection has ended. */
async function flood({ socket, closed }: WireClient, first: number): Promise<void> {
	for (let sent = 0; sent < FLOOD && !socket.destroyed; sent += STREAMS_AT_ONCE) {
		const streams = Array.from({ length: STREAMS_AT_ONCE }, (_, i) => first + 2 * (sent + i));
		const bytes = Buffer.concat(streams.map((stream) => WireClient.get(stream, "/flood")));
		await Promise.race([new Promise((resolve) => socket.write(bytes, resolve)), closed]);
	}
}
