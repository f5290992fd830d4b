import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Http2Session } from "node:http2";
import { type AddressInfo, Socket } from "node:net";
import { test } from "node:test";
import { socketOf } from "#src/servers/http2/session-socket.js";

/** A session that has its socket under no symbol. */
function withoutSymbol(socket: Socket): Http2Session {
	return { socket: { off: () => socket } } as unknown as Http2Session;
}

test("the proxy of a session is asked for the socket once; that shows the symbol under which each session has its own", async (t) => {
	const server = createServer();
	const sockets: Socket[] = [];
	const sessions: Http2Session[] = [];
	server.prependListener("connection", (socket: Socket) => sockets.push(socket));
	server.on("session", (session) => sessions.push(session));
	t.after(() => server.close());
	await once(server.listen(0, "127.0.0.1"), "listening");
	for (let i = 0; i < 2; i++) {
		const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
		t.after(() => client.destroy());
		await Promise.all([once(client, "connect"), once(server, "session")]);
	}
	const [first, second] = sessions as [Http2Session, Http2Session];
	const other = new Socket();
	assert.equal(socketOf(withoutSymbol(other)), other);
	assert.equal(socketOf(first), sockets[0]);
	Object.defineProperty(second, "socket", { get: () => assert.fail("the proxy was asked for") });
	assert.equal(socketOf(second), sockets[1]);
	assert.equal(socketOf(withoutSymbol(other)), other);
});
