import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { connect } from "node:net";
import { describe, type TestContext } from "node:test";
import {
	ChannelCredentials,
	Client,
	connectivityState,
	Server,
	ServerCredentials,
	type ServerDuplexStream,
	type ServerReadableStream,
	type ServerUnaryCall,
	type ServerWritableStream,
	type ServiceError,
	type sendUnaryData,
	status,
} from "@grpc/grpc-js";
import { createService, type HostedService, type InFlight } from "lastcall";
import { echo, health } from "../support/echo-service.ts";
import { running } from "../support/running-service.ts";
import { rule } from "./rule.ts";

const bind = (server: Server): Promise<number> =>
	new Promise((resolve, reject) => {
		server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
			error === null ? resolve(port) : reject(error),
		);
	});

async function open(t: TestContext, server: Server): Promise<{ service: HostedService; client: Client }> {
	const service = createService({ gracePeriodMs: 120_000, lingerMs: 100, closeReserveMs: 0, log: false });
	await service.start();
	service.serve("rpc", server);
	const client = new Client(`127.0.0.1:${await bind(server)}`, ChannelCredentials.createInsecure());
	t.after(async () => {
		client.close();
		await service.stopNow();
	});
	return { service, client };
}

void describe("gRPC", () => {
	rule("streaming calls in each direction go on after GOAWAY and are completed", async (t) => {
		const calls = new EventEmitter();
		let download: ServerWritableStream<string, string> | undefined;
		const server = new Server();
		server.addService(echo, {
			upload: (call: ServerReadableStream<string, string>, respond: sendUnaryData<string>) => {
				const parts: string[] = [];
				call.on("data", (part: string) => parts.push(part));
				call.on("end", () => respond(null, parts.join()));
				calls.emit("call");
			},
			download: (call: ServerWritableStream<string, string>) => {
				download = call;
				call.write("one");
				calls.emit("call");
			},
			talk: (call: ServerDuplexStream<string, string>) => {
				call.pipe(call);
				calls.emit("call");
			},
		});
		const { service, client } = await open(t, server);
		const uploaded = new EventEmitter();
		const upload = client.makeClientStreamRequest(
			echo.upload.path,
			echo.upload.requestSerialize,
			echo.upload.responseDeserialize,
			(error, response) => uploaded.emit("response", error, response),
		);
		upload.write("one");
		await once(calls, "call");
		const downloaded = client.makeServerStreamRequest(
			echo.download.path,
			echo.download.requestSerialize,
			echo.download.responseDeserialize,
			"all",
		);
		await once(calls, "call");
		const talk = client.makeBidiStreamRequest(
			echo.talk.path,
			echo.talk.requestSerialize,
			echo.talk.responseDeserialize,
		);
		talk.write("one");
		await once(calls, "call");
		const received = messagesOf(downloaded);
		const heard = messagesOf(talk);
		const channel = client.getChannel();
		const ended = new Promise<void>((resolve) => {
			channel.watchConnectivityState(connectivityState.READY, Number.POSITIVE_INFINITY, () => resolve());
		});
		const closed = service.stop();
		await ended;
		const answered = once(uploaded, "response");
		upload.write("two");
		upload.end();
		assert.deepEqual(await answered, [null, "one,two"]);
		download?.write("two");
		download?.end();
		assert.deepEqual(await received, ["one", "two"]);
		talk.write("two");
		talk.end();
		assert.deepEqual(await heard, ["one", "two"]);
		const { ok, left, hardStop } = await closed;
		assert.deepEqual({ ok, left, hardStop }, { ok: true, left: [], hardStop: undefined });
	});

	const orders = ["before its port is bound", "after its port was bound"] as const;
	for (const when of orders) {
		rule(`a call is in flight by name, and finished, where the server is served ${when}`, async (t) => {
			const { service, until } = await running(t, { lingerMs: 20 });
			const server = new Server();
			const held = holdUnary(server);
			if (when === orders[0]) service.serve("rpc", server);
			const port = await bind(server);
			if (when === orders[1]) service.serve("rpc", server);
			const { outcome } = await held.ask(t, port);
			assert.deepEqual(namesOf(service.inFlight()), ["rpc POST /test.Echo/unary"]);
			const idle = connect(port, "127.0.0.1");
			t.after(() => idle.destroy());
			const closed = service.stop();
			await until(() => service.phase === "draining");
			// The linger is over then.
			await once(idle.resume(), "close");
			assert.deepEqual(namesOf(service.inFlight()), ["rpc POST /test.Echo/unary"]);
			held.finish();
			assert.equal(await outcome, "whole");
			assert.equal((await closed).ok, true);
		});

		rule(`a call that is cut at the hard stop is in the report, where the server is served ${when}`, async (t) => {
			const { service } = await running(t);
			const server = new Server();
			const held = holdUnary(server);
			if (when === orders[0]) service.serve("rpc", server);
			const port = await bind(server);
			if (when === orders[1]) service.serve("rpc", server);
			const { outcome } = await held.ask(t, port);
			const { ok, left } = await service.stopNow();
			assert.deepEqual([ok, namesOf(left)], [false, ["rpc POST /test.Echo/unary"]]);
			assert.match(await outcome, /^(INTERNAL|UNAVAILABLE)$/);
		});
	}

	rule("a port that is bound while a gRPC server drains is closed at once", async (t) => {
		const { service, until } = await running(t, { lingerMs: 20 });
		const server = new Server();
		const held = holdUnary(server);
		service.serve("rpc", server);
		const { outcome } = await held.ask(t, await bind(server));
		const closed = service.stop();
		await until(() => service.phase === "draining");
		await bind(server);
		const { http2Servers } = server as unknown as { http2Servers: Map<{ listening: boolean }, unknown> };
		await until(() => [...http2Servers.keys()].every(({ listening }) => !listening));
		held.finish();
		assert.equal(await outcome, "whole");
		assert.equal((await closed).ok, true);
	});

	rule("a gRPC server whose map of servers can't be watched is drained by reading the map each time", async (t) => {
		const { service } = await running(t, { lingerMs: 20 });
		const server = new Server();
		const held = holdUnary(server);
		Object.preventExtensions((server as unknown as { http2Servers: object }).http2Servers);
		service.serve("rpc", server);
		const port = await bind(server);
		assert.deepEqual(service.inFlight(), []);
		const { outcome } = await held.ask(t, port);
		assert.deepEqual(namesOf(service.inFlight()), ["rpc POST /test.Echo/unary"]);
		const closed = service.stop();
		held.finish();
		assert.equal(await outcome, "whole");
		assert.equal((await closed).ok, true);
	});

	rule("a gRPC server without its map of servers is drained by its own tryShutdown()", async (t) => {
		const { service, until } = await running(t, { lingerMs: 20 });
		const server = new Server();
		const held = holdUnary(server);
		service.serve("rpc", {
			bindAsync: () => {},
			tryShutdown: (shutDown) => server.tryShutdown(shutDown),
			forceShutdown: () => server.forceShutdown(),
		});
		const { outcome } = await held.ask(t, await bind(server));
		const closed = service.stop();
		await until(() => service.phase === "draining");
		held.finish();
		assert.equal(await outcome, "whole");
		assert.equal((await closed).ok, true);
	});

	rule(
		"a health watch is ended so that its client calls again, and a stream of the program's own goes on",
		async (t) => {
			const { service } = await running(t, { lingerMs: 20 });
			const server = new Server();
			const calls = new EventEmitter();
			const stream = (call: ServerWritableStream<string, string>): void => {
				call.write("first");
				call.on("cancelled", () => calls.emit("cancelled", call));
				calls.emit("call", call);
			};
			server.addService(health, { watch: stream });
			server.addService(echo, { download: stream });
			service.serve("rpc", server);
			const port = await bind(server);
			const watch = await openStream(t, port, health.watch, calls);
			const download = await openStream(t, port, echo.download, calls);
			const closed = service.stop();
			const [cancelled] = (await once(calls, "cancelled")) as [unknown];
			assert.equal(cancelled, watch.call, "the health service hears that its client has gone");
			assert.deepEqual(await watch.outcome, ["first", "UNAVAILABLE: service is shutting down"]);
			// A handler that goes on writing gets no error.
			watch.call.write("NOT_SERVING");
			watch.call.end();
			download.call.write("second");
			download.call.end();
			assert.deepEqual(await download.outcome, ["first", "second"]);
			const { ok, left, endedEarly } = await closed;
			assert.deepEqual({ ok, left }, { ok: true, left: [] });
			assert.deepEqual(
				endedEarly.map(({ name, what, why }) => `${name} ${what} ${why}`),
				["rpc POST /grpc.health.v1.Health/Watch client-reconnects"],
			);
		},
	);

	rule("a handler ends its endless stream when its signal aborts", async (t) => {
		const { service } = await running(t, { lingerMs: 20 });
		const server = new Server();
		const calls = new EventEmitter();
		server.addService(echo, {
			download: (call: ServerWritableStream<string, string>) => {
				call.write("first");
				service.drainSignalFor(call).addEventListener("abort", () => {
					call.emit("error", { code: status.UNAVAILABLE, details: "try another server" });
				});
				calls.emit("call", call);
			},
		});
		service.serve("rpc", server);
		const { outcome } = await openStream(t, await bind(server), echo.download, calls);
		assert.equal((await service.stop()).ok, true);
		assert.deepEqual(await outcome, ["first", "UNAVAILABLE: try another server"]);
	});

	rule("the signal of a call aborts when its client has gone", async (t) => {
		const { service } = await running(t);
		const server = new Server();
		const calls = new EventEmitter();
		server.addService(echo, {
			download: (call: ServerWritableStream<string, string>) => {
				call.write("first");
				calls.emit("call", call);
			},
		});
		service.serve("rpc", server);
		const { call, cancel } = await openStream(t, await bind(server), echo.download, calls);
		const aborted = once(service.drainSignalFor(call), "abort");
		cancel();
		await aborted;
	});

	rule("listen() refuses a gRPC server", async (t) => {
		const { service } = await open(t, new Server());
		await assert.rejects(service.listen("other", new Server() as never, 0), /serve\(\) takes it/);
	});
});

/**
 * Makes a call whose response is a stream, and resolves when the program has it. `outcome` is what was received, with the status
 * after it if that is not OK.
 */
async function openStream(t: TestContext, port: number, method: typeof echo.download, calls: EventEmitter) {
	const client = new Client(`127.0.0.1:${port}`, ChannelCredentials.createInsecure(), {
		"grpc.use_local_subchannel_pool": 1,
	});
	t.after(() => client.close());
	const handed = once(calls, "call") as Promise<[ServerWritableStream<string, string>]>;
	const { path, requestSerialize, responseDeserialize } = method;
	const stream = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, "all");
	const received: string[] = [];
	const outcome = new Promise<string[]>((resolve) => {
		stream.on("data", (part: string) => received.push(part));
		stream.on("error", ({ code, details }: ServiceError) => resolve([...received, `${status[code]}: ${details}`]));
		stream.on("end", () => setImmediate(() => resolve(received)));
	});
	const [call] = await handed;
	return { call, outcome, cancel: () => stream.cancel() };
}

interface HeldCall {
	/** Makes a unary call, and resolves when the program has it. `outcome` resolves to the response, or the name of the status. */
	ask(t: TestContext, port: number): Promise<{ readonly outcome: Promise<string> }>;
	finish(): void;
}

/** A server's unary method, answered `whole` when the test lets it. */
function holdUnary(server: Server): HeldCall {
	const calls = new EventEmitter();
	const held: sendUnaryData<string>[] = [];
	server.addService(echo, {
		unary: (_call: ServerUnaryCall<string, string>, respond: sendUnaryData<string>) => {
			held.push(respond);
			calls.emit("call");
		},
	});
	return {
		ask: async (t, port) => {
			const client = new Client(`127.0.0.1:${port}`, ChannelCredentials.createInsecure());
			t.after(() => client.close());
			const handed = once(calls, "call");
			const { path, requestSerialize, responseDeserialize } = echo.unary;
			const outcome = new Promise<string>((resolve) => {
				client.makeUnaryRequest(path, requestSerialize, responseDeserialize, "hold", (error, value) =>
					resolve(error === null ? String(value) : (status[error.code] ?? error.message)),
				);
			});
			await handed;
			return { outcome };
		},
		finish: () => held.shift()?.(null, "whole"),
	};
}

function namesOf(entries: readonly InFlight[]): string[] {
	return entries.map(({ name, what }) => `${name} ${what}`);
}

async function messagesOf(stream: AsyncIterable<string>): Promise<string[]> {
	const parts: string[] = [];
	for await (const part of stream) parts.push(part);
	return parts;
}
