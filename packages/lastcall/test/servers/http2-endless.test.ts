import assert from "node:assert/strict";
import { describe } from "node:test";
import { Http2Scene } from "./http2-scene.ts";
import { WireClient } from "./http2-wire.ts";
import { rule } from "./scene.ts";

const STREAMS_AT_ONCE = 1_000;
const FLOOD = 10 * STREAMS_AT_ONCE;
/** Of `maxSessionMemory`, in MB: Node.js has no room for more than some 1,600 streams then, and ends a session that opens more. */
const MEMORY = 1;
const MOST_KEPT = 3_000;

/** A client that opens streams without an end: what it sends is not kept, and nobody else has to wait for it. */
void describe("HTTP/2: a client that opens streams without an end", () => {
	rule("while streams are held: no more are kept than Node.js has memory for, and others are answered", async (t) => {
		const scene = await Http2Scene.open(t, "http", { server: { maxSessionMemory: MEMORY } });
		scene.server.on("stream", (stream) => stream.on("error", () => {}));
		const kept = countStreams(scene);
		const other = new WireClient(scene.port);
		other.socket.write(WireClient.get(1, "/hold"));
		const { stream } = await scene.handed("/hold");
		const client = new WireClient(scene.port);
		await scene.until(() => client.frames.length > 0);
		void scene.service.stop();
		await flood(client, 1);
		stream.respond({ ":status": 200 });
		stream.end("whole");
		await scene.until(() => other.isAnswered(1));
		assert.ok(kept() < MOST_KEPT, `${kept()} kept`);
		for (const { socket } of [client, other]) socket.end();
		await scene.drained();
	});

	rule("behind GOAWAY: none is kept", async (t) => {
		const scene = await Http2Scene.open(t, "http");
		const kept = countStreams(scene);
		const client = new WireClient(scene.port);
		client.socket.write(WireClient.get(1, "/hold"));
		const { stream } = await scene.handed("/hold");
		void scene.service.stop();
		await scene.until(() => client.goaway !== undefined);
		const before = kept();
		await flood(client, 3);
		stream.respond({ ":status": 200 });
		stream.end("whole");
		await scene.until(() => client.isAnswered(1));
		assert.equal(kept(), before);
		client.socket.end();
		await scene.drained();
		assert.deepEqual(scene.executed, ["/hold"]);
	});
});

/** Counts the streams that the server was told of. */
function countStreams({ server }: Http2Scene): () => number {
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
