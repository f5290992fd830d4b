import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { describe, type TestContext } from "node:test";
import {
	ChannelCredentials,
	Client,
	connectivityState,
	Server,
	ServerCredentials,
	type ServerDuplexStream,
	type ServerReadableStream,
	type ServerWritableStream,
	type sendUnaryData,
} from "@grpc/grpc-js";
import { createService, type HostedService } from "lastcall";
import { echo } from "./echo-service.ts";
import { rule } from "./scene.ts";

const bind = (server: Server): Promise<number> =>
	new Promise((resolve, reject) => {
		server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
			error === null ? resolve(port) : reject(error),
		);
	});

async function open(t: TestContext, server: Server): Promise<{ service: HostedService; client: Client }> {
	const service = createService({ gracePeriodMs: 120_000, lingerMs: 100, closeReserveMs: 0, log: false });
	await service.start();
	// Before its port is bound: it is found later.
	service.serve("rpc", server);
	const client = new Client(`127.0.0.1:${await bind(server)}`, ChannelCredentials.createInsecure());
	t.after(async () => {
		client.close();
		await service.stopNow();
	});
	return { service, client };
}

void describe("gRPC", () => {
	rule("calls that stream, each way and both, go on behind the goodbye and end whole", async (t) => {
		const calls = new EventEmitter();
		let download: ServerWritableStream<string, string> | undefined;
		const server = new Server();
		server.addService(echo, {
			upload: (call: ServerReadableStream<string, string>, answer: sendUnaryData<string>) => {
				const parts: string[] = [];
				call.on("data", (part: string) => parts.push(part));
				call.on("end", () => answer(null, parts.join()));
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
			(error, answer) => uploaded.emit("answer", error, answer),
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
		const told = new Promise<void>((resolve) => {
			channel.watchConnectivityState(connectivityState.READY, Number.POSITIVE_INFINITY, () => resolve());
		});
		const closed = service.stop();
		await told;
		const answered = once(uploaded, "answer");
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

	rule("listen() says that it does not take it", async (t) => {
		const { service } = await open(t, new Server());
		await assert.rejects(service.listen("other", new Server() as never, 0), /serve\(\) takes it/);
	});
});

async function messagesOf(stream: AsyncIterable<string>): Promise<string[]> {
	const parts: string[] = [];
	for await (const part of stream) parts.push(part);
	return parts;
}
