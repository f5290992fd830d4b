import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Http2ServerResponse } from "node:http2";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import type { ResponseLike } from "lastcall";
import { type RunningService, running } from "../support/running-service.ts";
import { limit } from "../support/time-limit.ts";
import { ask } from "./served-http2-server.ts";

interface OpenEventStream extends RunningService {
	readonly client: ReturnType<typeof ask>;
	readonly response: Http2ServerResponse;
}

/** An event stream over HTTP/2, which has begun. */
async function open(t: TestContext): Promise<OpenEventStream> {
	const started = await running(t);
	const server = createServer();
	await started.service.listen("web", server, { port: 0, host: "127.0.0.1" });
	const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
	t.after(() => session.destroy());
	const requested = once(server, "request");
	const client = ask(session, "/events");
	const [, response] = (await requested) as [unknown, Http2ServerResponse];
	response.writeHead(200, { "Content-Type": "text/event-stream" });
	response.write("data: 1\n\n");
	await once(client.stream, "response");
	return { ...started, client, response };
}

/** The two APIs of `node:http2`. */
for (const [api, answerOf] of [
	["the response", (response) => response],
	["its stream", (response) => response.stream],
] as [string, (response: Http2ServerResponse) => ResponseLike][]) {
	test(`HTTP/2: a handler ends its response when the signal of ${api} aborts at the drain`, limit, async (t) => {
		const { service, client, response } = await open(t);
		service.drainSignalFor(answerOf(response)).addEventListener("abort", () => response.end("data: bye\n\n"));
		const { ok } = await service.stop();
		const { text, error } = await client.ended;
		assert.deepEqual({ ok, text, error }, { ok: true, text: "data: 1\n\ndata: bye\n\n", error: undefined });
	});

	test(`HTTP/2: the signal of ${api} aborts when its client has gone`, limit, async (t) => {
		const { service, client, response } = await open(t);
		const signal = service.drainSignalFor(answerOf(response));
		const aborted = once(signal, "abort");
		client.stream.close(8);
		await aborted;
		assert.equal((signal.reason as Error).name, "AbortError");
	});

	test(`HTTP/2: the signal of ${api} doesn't abort after the response is complete`, limit, async (t) => {
		const { service, client, response } = await open(t);
		const signal = service.drainSignalFor(answerOf(response));
		response.end("data: 2\n\n");
		await client.ended;
		await service.stop();
		assert.equal(signal.aborted, false);
	});

	test(`HTTP/2: the signal of ${api} has aborted if it is asked for after its client has gone`, limit, async (t) => {
		const { service, client, response } = await open(t);
		const closed = once(response.stream, "close");
		client.stream.close(8);
		await closed;
		assert.equal(service.drainSignalFor(answerOf(response)).aborted, true);
	});
}
