import assert from "node:assert/strict";
import { describe } from "node:test";
import { ChannelCredentials, Client, Server, ServerCredentials, type sendUnaryData, status } from "@grpc/grpc-js";
import { rule } from "../servers/rule.ts";
import { echo, health } from "../support/echo-service.ts";
import { running } from "../support/running-service.ts";
import { hide, keep } from "./hide.ts";
import { streamClass } from "./http2-classes.ts";

void describe("gRPC without `http2Servers` of its server", () => {
	rule("a call ends whole by tryShutdown(), and is not in flight by name", async (t) => {
		const { service, names, until } = await running(t);
		const server = new Server();
		let answer: sendUnaryData<string> | undefined;
		server.addService(echo, { unary: (_call: unknown, respond: sendUnaryData<string>) => (answer = respond) });
		hide(t, server, "http2Servers");
		service.serve("rpc", server);
		const port = await new Promise<number>((resolve) => {
			server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (_error, bound) => resolve(bound));
		});
		const client = new Client(`127.0.0.1:${port}`, ChannelCredentials.createInsecure());
		t.after(() => client.close());
		const { path, requestSerialize, responseDeserialize } = echo.unary;
		const ended = new Promise((resolve) => {
			client.makeUnaryRequest(path, requestSerialize, responseDeserialize, "hello", (error, text) =>
				resolve(error ?? text),
			);
		});
		await until(() => answer !== undefined);
		assert.deepEqual(names(), []);
		const closed = service.stop();
		setTimeout(() => answer?.(null, "whole"), 200);
		assert.equal(await ended, "whole");
		const { ok, hardStop } = await closed;
		assert.deepEqual([ok, hardStop], [true, undefined]);
	});
});

void describe("gRPC without the shadow on `sendTrailers` of a stream", () => {
	rule("a health watch is ended by UNAVAILABLE", async (t) => {
		keep(t, streamClass, "sendTrailers");
		const { service } = await running(t);
		const server = new Server();
		server.addService(health, { watch: (call: { write(text: string): void }) => call.write("serving") });
		service.serve("rpc", server);
		const port = await new Promise<number>((resolve) => {
			server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (_error, bound) => resolve(bound));
		});
		const client = new Client(`127.0.0.1:${port}`, ChannelCredentials.createInsecure());
		t.after(() => client.close());
		const { path, requestSerialize, responseDeserialize } = health.watch;
		const watch = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, "all");
		const ended = new Promise((resolve) => watch.on("error", ({ code }: { code?: number }) => resolve(code)));
		await new Promise((resolve) => watch.once("data", resolve));
		const { ok, hardStop, endedEarly } = await service.stop();
		assert.deepEqual([await ended, ok, hardStop, endedEarly.length], [status.UNAVAILABLE, true, undefined, 1]);
	});
});
