import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import type { TestContext } from "node:test";
import type { ShutdownReport } from "lastcall";
import { FakeClock } from "../../support/fake-clock.ts";
import type { Kind } from "../../support/http-kinds.ts";
import type { Client } from "../client.ts";
import { rule } from "../rule.ts";
import { ServedServer } from "../served-server.ts";
import { EVENT_SOURCE } from "./event-streams.ts";

const EVENTS = { "Content-Type": "text/event-stream" };

interface Stream {
	readonly web: ServedServer;
	readonly client: Client;
	readonly response: ServerResponse;
}

/** Event streams that have an end of their own: their clients don't reconnect by themselves. */
export function streamsThatEnd(kind: Kind): void {
	async function begin(
		web: ServedServer,
		ask: (client: Client, url: string) => unknown,
		url = "/hold",
	): Promise<Stream> {
		const client = await web.connect();
		ask(client, url);
		const { response } = await web.handed(url);
		response.writeHead(200, EVENTS);
		response.write("data: 1\n\n");
		await client.headCame();
		return { web, client, response };
	}

	/** Goes on until the linger is over for other connections. */
	async function lingered({ web, response }: Stream): Promise<void> {
		const bystander = await web.idleConnection();
		void web.service.stop();
		await bystander.closed;
		assert.equal(response.writableEnded, false);
	}

	for (const [request, ask] of [
		["a POST", (client, url) => client.ask("POST", url, "Content-Length: 0")],
		["a tool call of MCP", (client, url) => client.ask("POST", url, `${EVENT_SOURCE}, application/json`)],
		["a GET of fetch()", (client, url) => client.ask("GET", url, "Accept: */*")],
		["a GET without Accept", (client, url) => client.ask("GET", url)],
		["a GET for another type", (client, url) => client.ask("GET", url, "Accept: text/event-streams")],
	] as [string, (client: Client, url: string) => unknown][]) {
		rule(`the event stream of ${request} gets all of its events`, async (t) => {
			const stream = await begin(await ServedServer.open(t, kind), ask);
			await lingered(stream);
			const { client, response, web } = stream;
			for (const piece of ["data: 2\n\n", "data: 3", "\n\n", Buffer.from("data: 4\n\n")]) response.write(piece);
			response.end("data: [DONE]\n\n");
			const [received] = await client.answered();
			assert.equal(received?.body.toString(), "data: 1\n\ndata: 2\n\ndata: 3\n\ndata: 4\n\ndata: [DONE]\n\n");
			assert.deepEqual((await web.drained()).endedEarly, []);
		});
	}

	for (const [sign, ask] of [
		["it accepts other types too", (client, url) => client.ask("GET", url, `${EVENT_SOURCE};q=0.9, */*`)],
		[
			"it writes the Accept header in other letters",
			(client, url) => client.ask("GET", url, "accept: Text/Event-Stream"),
		],
		["it sends Last-Event-ID", (client, url) => client.ask("GET", url, "Last-Event-ID: 7")],
	] as [string, (client: Client, url: string) => unknown][]) {
		rule(`the event stream of a client that reconnects by itself is ended: ${sign}`, async (t) => {
			const { web, client } = await begin(await ServedServer.open(t, kind), ask);
			void web.service.stop();
			await client.closed;
			assert.match(client.responses[0]?.body.toString() ?? "", /^data: 1\n\nretry: \d+\n$/);
			assert.deepEqual(reasons(await web.drained()), ["web GET /hold client-reconnects"]);
		});
	}

	rule("a response with lines of JSON is not taken for an event stream", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.connect();
		client.ask("POST", "/hold", "Content-Length: 0", EVENT_SOURCE);
		const { response } = await web.handed("/hold");
		response.writeHead(200, { "Content-Type": "application/x-ndjson" });
		response.write('{"token":1}\n\n');
		await client.headCame();
		await lingered({ web, client, response });
		assert.equal(Object.hasOwn(response, "write"), false);
		response.end('{"token":2}\n');
		await client.answered();
		assert.equal(client.responses[0]?.body.toString(), '{"token":1}\n\n{"token":2}\n');
		assert.deepEqual((await web.drained()).endedEarly, []);
	});

	/** A drain whose time is nearly over soon, and whose hard stop never comes. */
	async function shortOfTime(t: TestContext): Promise<ServedServer> {
		return ServedServer.open(t, kind, { clock: new FakeClock(), service: { gracePeriodMs: 400, lingerMs: 100 } });
	}
	const post = (client: Client, url: string): void => client.ask("POST", url, "Content-Length: 0");

	rule(
		"an event stream with an end that goes on when time is nearly over is ended after a complete event, and is a failure",
		async (t) => {
			const stream = await begin(await shortOfTime(t), post);
			const { web, client, response } = stream;
			const timer = setInterval(() => response.write("data: more\n\nda") && response.write("ta: more\n\n"), 5);
			t.after(() => clearInterval(timer));
			const report = await web.service.stop();
			await client.closed;
			assert.match(client.responses[0]?.body.toString() ?? "", /^data: 1\n\n(data: more\n\n)+$/);
			assert.deepEqual(reasons(report), ["web POST /hold out-of-time"]);
			assert.ok((report.endedEarly[0]?.ageMs ?? 0) > 0);
			const { ok, exitCode, left, hardStop } = report;
			assert.deepEqual({ ok, exitCode, left, hardStop }, { ok: false, exitCode: 1, left: [], hardStop: undefined });
		},
	);

	for (const [what, request, last, reason] of [
		["a silent one", post, /^data: 1\n\n$/, "web POST /hold out-of-time"],
		[
			"one to an EventSource whose handler ignores its signal",
			(client: Client, url: string) => client.ask("GET", url, EVENT_SOURCE),
			/^data: 1\n\nretry: \d+\n$/,
			"web GET /hold client-reconnects",
		],
	] as const) {
		rule(`when time is nearly over, an event stream is ended as it is: ${what}`, async (t) => {
			const { web, client, response } = await begin(await shortOfTime(t), request);
			web.service.drainSignalFor(response);
			const report = await web.service.stop();
			await client.closed;
			assert.match(client.responses[0]?.body.toString() ?? "", last);
			assert.deepEqual([reasons(report), report.hardStop], [[reason], undefined]);
		});
	}

	rule(
		"when time is nearly over, an event stream with complete events is ended, and one in the middle of an event is not",
		async (t) => {
			const web = await shortOfTime(t);
			const [half, whole, late] = [
				await begin(web, post, "/hold/half"),
				await begin(web, post, "/hold/whole"),
				await begin(web, post, "/hold/late"),
			];
			const stopped = web.service.stop();
			const all = [half, whole, late];
			await web.until(() => all.every(({ response }) => Object.hasOwn(response, "write")));
			for (const { response } of all) response.write("data: 2\n");
			whole.response.write("data: 2\n\n");
			await whole.client.closed;
			assert.equal(whole.client.responses[0]?.body.toString(), "data: 1\n\ndata: 2\ndata: 2\n\n");
			assert.deepEqual([half.response.writableEnded, late.response.writableEnded], [false, false]);
			late.response.write("\ndata: 3");
			await late.client.closed;
			assert.equal(late.client.responses[0]?.body.toString(), "data: 1\n\ndata: 2\n\n");
			await web.service.stopNow();
			const report = await stopped;
			await half.client.closed;
			assert.deepEqual(half.client.responses, []);
			assert.deepEqual(
				report.left.map(({ what }) => what),
				["POST /hold/half"],
			);
			assert.deepEqual(reasons(report), ["web POST /hold/whole out-of-time", "web POST /hold/late out-of-time"]);
		},
	);

	rule("a compressed event stream can't be ended after an event, and is left to the hard stop", async (t) => {
		const web = await shortOfTime(t);
		const marker = await begin(web, post, "/hold/marker");
		const client = await web.connect();
		post(client, "/hold/packed");
		const { response } = await web.handed("/hold/packed");
		response.writeHead(200, { ...EVENTS, "Content-Encoding": "gzip" }).write("packed");
		const stopped = web.service.stop();
		await marker.client.closed;
		assert.equal(response.writableEnded, false);
		await web.service.stopNow();
		assert.deepEqual(
			(await stopped).left.map(({ what }) => what),
			["POST /hold/packed"],
		);
	});
}

function reasons({ endedEarly }: ShutdownReport): string[] {
	return endedEarly.map(({ name, what, why }) => `${name} ${what} ${why}`);
}
