import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import type { ProtocolOptions } from "lastcall";
import { certificate } from "../support/certificate.ts";
import { type RunningService, running } from "../support/running-service.ts";
import { limit } from "../support/time-limit.ts";

interface SmtpServer extends RunningService {
	readonly server: Server;
	connect(): Promise<[theirs: Socket, ours: Socket]>;
	dial(): Socket;
}

async function open(t: TestContext, protocol?: ProtocolOptions, lingerMs = 60): Promise<SmtpServer> {
	const started = await running(t, { lingerMs });
	const server = createServer((socket) => socket.on("error", () => {}));
	await started.service.listen("smtp", server, { port: 0, host: "127.0.0.1" }, protocol);
	const { port } = server.address() as AddressInfo;
	const dial = (): Socket => {
		const socket = connect(port, "127.0.0.1");
		socket.on("error", () => {});
		t.after(() => socket.destroy());
		return socket;
	};
	return {
		...started,
		server,
		dial,
		connect: async () => {
			const connection = once(server, "connection");
			const theirs = dial();
			const [ours] = (await connection) as [Socket];
			return [theirs, ours];
		},
	};
}

test("a TCP connection is in flight until it ends, where no protocol options are given", limit, async (t) => {
	const { service, connect, names, until, server } = await open(t, undefined, 0);
	const [theirs, ours] = await connect();
	const [other, otherOurs] = await connect();
	const closed = service.stop();
	await until(() => !server.listening);
	other.end();
	otherOurs.resume();
	await once(otherOurs, "close");
	assert.deepEqual([ours.writableEnded, ours.destroyed], [false, false]);
	assert.match(names().join(), /^smtp connection from 127\.0\.0\.1:\d+$/);
	ours.end("the last response");
	assert.equal(String((await once(theirs, "data"))[0]), "the last response");
	assert.equal((await closed).ok, true);
});

test("a TCP connection without work is idle: it is not in flight, lingers, and is ended", limit, async (t) => {
	const { service, connect, names } = await open(t, { inFlight: "work" });
	const [theirs, ours] = await connect();
	assert.deepEqual(names(), []);
	const done = service.enter(ours, "DATA");
	assert.match(names().join(), /^smtp connection from 127\.0\.0\.1:\d+: DATA$/);
	done();
	assert.deepEqual(names(), []);
	const ended = once(theirs.resume(), "close");
	const { ok, durationMs } = await service.stop();
	assert.equal(ok, true);
	assert.ok(durationMs >= 60, `${durationMs} ms`);
	await ended;
	assert.equal(theirs.errored, null);
});

test("work that begins on a TCP connection during the linger is finished", limit, async (t) => {
	const { service, connect, until, server } = await open(t, { inFlight: "work" });
	const [theirs, ours] = await connect();
	const [bystander] = await connect();
	ours.on("data", () => {
		const done = service.enter(ours, "MAIL");
		// The linger of other connections is over by then.
		void once(bystander.resume(), "close").then(() => {
			ours.write("250 OK");
			done();
		});
	});
	const closed = service.stop();
	await until(() => !server.listening);
	theirs.write("MAIL FROM");
	assert.equal(String((await once(theirs, "data"))[0]), "250 OK");
	assert.equal((await closed).ok, true);
});

test("the closing message of a TCP connection follows the last response", limit, async (t) => {
	const { service, connect, until, server } = await open(t, {
		inFlight: "work",
		closingMessage: (socket) => socket.end("421 closing\n"),
	});
	const [theirs, ours] = await connect();
	const [bystander] = await connect();
	const done = service.enter(ours, "DATA");
	void service.stop();
	await until(() => !server.listening);
	assert.equal(String((await once(bystander, "data"))[0]), "421 closing\n");
	ours.cork();
	ours.write("250 OK\n");
	done();
	ours.uncork();
	let received = "";
	theirs.on("data", (bytes: Buffer) => {
		received += bytes.toString();
	});
	await once(theirs, "end");
	assert.equal(received, "250 OK\n421 closing\n");
	assert.equal((await service.closed).ok, true);
});

test("a TCP client that never pauses is closed between two pieces of work", limit, async (t) => {
	const { service, connect } = await open(t, { inFlight: "work" });
	const [theirs, ours] = await connect();
	ours.on("data", () => ours.write("pong"));
	theirs.on("data", () => theirs.write("ping"));
	theirs.write("ping");
	assert.equal((await service.stop()).hardStop, undefined);
});

test("a TCP client that connects while the accept queue is emptied is served", limit, async (t) => {
	const { service, dial, until, server } = await open(t);
	const sockets: Socket[] = [];
	server.on("connection", (socket: Socket) => {
		sockets.push(socket);
		socket.on("data", (bytes) => socket.end(bytes));
	});
	const closed = service.stop();
	const theirs = dial();
	theirs.write("in time");
	await once(theirs, "connect");
	assert.equal(sockets.length, 0, "held until the listener is closed");
	assert.equal(String((await once(theirs, "data"))[0]), "in time");
	await until(() => !server.listening);
	assert.equal((await closed).ok, true);
	assert.equal(server.emit, EventEmitter.prototype.emit, "nothing of ours is left");
});

test("a TCP client that resets its connection while it is held causes no error", limit, async (t) => {
	const { service, dial, server } = await open(t);
	let handed = 0;
	server.on("connection", () => handed++);
	const closed = service.stop();
	const theirs = dial();
	await once(theirs, "connect");
	theirs.resetAndDestroy();
	assert.equal((await closed).ok, true);
	assert.equal(handed, 0);
});

for (const how of ["never begins", "drips in"]) {
	test(`a TLS handshake that ${how} does not delay the drain of a TLS server`, limit, (t) =>
		unfinishedHandshake(t, how === "drips in"),
	);
}

async function unfinishedHandshake(t: TestContext, drips: boolean): Promise<void> {
	const { service } = await running(t);
	const server = createTlsServer(certificate);
	await service.listen("imaps", server, { port: 0, host: "127.0.0.1" });
	const connection = once(server, "connection");
	const mute = connect((server.address() as AddressInfo).port, "127.0.0.1");
	mute.on("error", () => {});
	await connection;
	// The head of a TLS record with a ClientHello of 512 bytes, and then a byte of it now and then.
	if (drips) mute.write(Buffer.from([22, 3, 1, 2, 0, 1]));
	const drip = setInterval(() => drips && mute.write(Buffer.alloc(1)), 20);
	t.after(() => clearInterval(drip));
	const ended = once(mute.resume(), "close");
	const { ok, hardStop } = await service.stop();
	assert.deepEqual([ok, hardStop], [true, undefined]);
	await ended;
}

test("wrong protocol options are refused, and so are any for a server with a protocol of its own", limit, async (t) => {
	const { service } = await running(t);
	const wrong: [ProtocolOptions, string][] = [
		[{ inFlight: "always" } as never, '"x": inFlight: wanted "connection" or "work", got "always"'],
		[{ closingMessage: "bye" } as never, '"x": closingMessage: wanted a function, got "bye"'],
		[{ farewell: () => {} } as never, 'options: unknown option "farewell"; there are inFlight, closingMessage'],
	];
	for (const [protocol, message] of wrong) {
		assert.throws(() => service.serve("x", createServer(), protocol), { name: "TypeError", message });
	}
	assert.throws(() => service.serve("x", createHttpServer(), {}), {
		name: "TypeError",
		message: '"x": protocol: a server of node:http or node:https takes no such options',
	});
});

test("close() of a TCP server at the stop resets no connection in the accept queue", limit, async (t) => {
	const { service, server, dial } = await open(t, { inFlight: "work" });
	server.on("connection", (socket) => socket.end("served"));
	const clients = Array.from({ length: 30 }, dial);
	await Promise.all(clients.map((client) => once(client, "connect")));
	const served = clients.map(async (client) => String((await once(client, "data"))[0]));
	const stopped = service.stop();
	const closed = new Promise((resolve) => server.close(resolve));
	assert.deepEqual(
		await Promise.all(served),
		clients.map(() => "served"),
	);
	assert.equal(await closed, undefined);
	assert.equal((await stopped).ok, true);
});

test("a TCP server whose listeners the program has removed does not delay the drain", limit, async (t) => {
	const { service, server, connect, until } = await open(t);
	const [theirs, ours] = await connect();
	const stopped = service.stop();
	server.removeAllListeners();
	await until(() => !server.listening);
	ours.end();
	theirs.resume().end();
	assert.equal((await stopped).ok, true);
});
