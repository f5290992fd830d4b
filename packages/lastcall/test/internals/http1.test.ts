import assert from "node:assert/strict";
import { OutgoingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { Readable } from "node:stream";
import { describe, type TestContext } from "node:test";
import { readByServer } from "../servers/bare-server.ts";
import { EVENT_SOURCE } from "../servers/contract/event-streams.ts";
import { brief } from "../servers/responses.ts";
import { rule } from "../servers/rule.ts";
import { ServedServer } from "../servers/served-server.ts";
import { http } from "../support/http-kinds.ts";
import { hide, keep } from "./hide.ts";

const EVENTS = { "Content-Type": "text/event-stream" };

async function asked(t: TestContext, method: string, ...lines: string[]) {
	const web = await ServedServer.open(t, http);
	const client = await web.connect();
	client.ask(method, "/hold", ...lines);
	const { response } = await web.handed("/hold");
	return { web, client, response };
}

void describe("HTTP/1.1 without `_header` of a response", () => {
	rule("an event stream whose type went to writeHead() alone is ended: its request takes nothing else", async (t) => {
		hide(t, OutgoingMessage.prototype, "_header");
		const { web, client, response } = await asked(t, "GET", EVENT_SOURCE);
		response.writeHead(200, EVENTS);
		response.write("data: 1\n\n");
		await client.headCame();
		void web.service.stop();
		const { endedEarly } = await web.drained();
		assert.deepEqual(
			endedEarly.map(({ why }) => why),
			["client-reconnects"],
		);
		await client.closed;
		assert.match(String(client.responses[0]?.body), /^data: 1\n\nretry: \d+\n$/);
	});

	rule("one whose type was set by setHeader() is ended, whatever else its request takes", async (t) => {
		hide(t, OutgoingMessage.prototype, "_header");
		const { web, client, response } = await asked(t, "GET", "Accept: application/json, text/event-stream");
		response.setHeader("content-type", "text/event-stream");
		response.write("data: 1\n\n");
		await client.headCame();
		void web.service.stop();
		assert.equal((await web.drained()).endedEarly.length, 1);
	});

	for (const [how, lines, write] of [
		["is of another type", [EVENT_SOURCE], (r: ServerResponse) => void r.setHeader("content-type", "text/plain")],
		["is an error", [EVENT_SOURCE], (r: ServerResponse) => void r.writeHead(503)],
		["goes to a client that takes anything", ["Accept: */*"], (r: ServerResponse) => void r.writeHead(200, EVENTS)],
	] as const) {
		rule(`a response is waited for that ${how}`, async (t) => {
			hide(t, OutgoingMessage.prototype, "_header");
			const { web, client, response } = await asked(t, "GET", ...lines);
			write(response);
			response.write("half ");
			await client.headCame();
			const bystander = await web.idleConnection();
			void web.service.stop();
			// The linger is over by then.
			await bystander.closed;
			response.end("whole");
			const { endedEarly } = await web.drained();
			assert.deepEqual(endedEarly, []);
			await client.closed;
			assert.equal(String(client.responses[0]?.body), "half whole");
		});
	}
});

void describe("HTTP/1.1 without what the library shadows or reads", () => {
	rule("`shouldKeepAlive` of a response: the header closes the connection", async (t) => {
		hide(t, OutgoingMessage.prototype, "shouldKeepAlive");
		const { web, client, response } = await asked(t, "GET");
		void web.service.stop();
		await web.listenerClosed();
		response.end("whole");
		await web.drained();
		await client.closed;
		assert.equal(brief(client.responses[0]), '200 "whole" close');
	});

	rule("`destroySoon` of a socket: Node.js's own ends the connection after the last response", async (t) => {
		keep(t, Socket.prototype, "destroySoon");
		const { web, client, response } = await asked(t, "GET");
		void web.service.stop();
		await web.listenerClosed();
		response.end("whole");
		await web.drained();
		await client.closed;
		assert.deepEqual([brief(client.responses[0]), client.error], ['200 "whole" close', undefined]);
	});

	rule("`writeHead` of a response: it says keep-alive, and its connection is ended when it has lingered", async (t) => {
		keep(t, ServerResponse.prototype, "writeHead");
		const { web, client, response } = await asked(t, "GET");
		void web.service.stop();
		await web.listenerClosed();
		response.end("whole");
		await web.drained();
		await client.closed;
		assert.deepEqual([brief(client.responses[0]), client.error], ['200 "whole" keep-alive', undefined]);
	});

	rule("`write` of a response: an event stream seems to be silent, and is ended when the linger is over", async (t) => {
		keep(t, OutgoingMessage.prototype, "write");
		const { web, client, response } = await asked(t, "GET", EVENT_SOURCE);
		response.writeHead(200, EVENTS);
		response.write("data: 1\n\n");
		await client.headCame();
		void web.service.stop();
		assert.equal((await web.drained()).endedEarly.length, 1);
		await client.closed;
		assert.equal(client.error, undefined);
	});

	rule("`emit` of a socket: what comes after a last response is parsed, and is not executed", async (t) => {
		keep(t, Socket.prototype, "emit");
		const { web, client, response } = await asked(t, "GET");
		void web.service.stop();
		await web.listenerClosed();
		response.write("half ");
		await client.headCame();
		await readByServer(web, response, () => client.get("/after", "/after"));
		response.end("whole");
		await web.drained();
		await client.closed;
		assert.deepEqual([brief(client.responses[0]), web.executed], ['200 "half whole" close', ["/hold"]]);
	});

	rule("the listener of `unpipe`: a handler that pipes is waited for after its client has gone", async (t) => {
		const web = await ServedServer.open(t, http, { service: { gracePeriodMs: 2_000 } });
		const client = await web.connect();
		client.ask("GET", "/hold");
		const { response } = await web.handed("/hold");
		new Readable({ read() {} }).pipe(response);
		response.removeAllListeners("unpipe");
		client.socket.resetAndDestroy();
		await web.until(() => web.service.inFlight().some(({ what }) => what.includes("has gone")));
		const { ok, hardStop, endedEarly } = await web.service.stop();
		assert.deepEqual([ok, hardStop, endedEarly.map(({ why }) => why)], [true, undefined, ["client-gone"]]);
	});

	rule("`emit` of a server: its connections end, and the stop lasts for the grace period", async (t) => {
		const web = new ServedServer(t, http, { service: { gracePeriodMs: 1_500 } });
		keep(t, web.server, "emit");
		await web.service.start((service) => service.listen("web", web.server, { port: 0, host: "127.0.0.1" }));
		const client = await web.connect();
		client.get("/hold");
		const { response } = await web.handed("/hold");
		assert.deepEqual(web.service.inFlight(), []);
		void web.service.stop();
		await web.listenerClosed();
		response.end("whole");
		await client.closed;
		assert.equal(brief(client.responses[0]), '200 "whole" keep-alive');
		assert.equal((await web.service.closed).hardStop?.cause, "deadline");
	});

	rule("`_httpMessage` of a socket: each request is tracked from its beginning", async (t) => {
		hide(t, Socket.prototype, "_httpMessage");
		const web = await ServedServer.open(t, http);
		const client = await web.idleConnection();
		client.get("/hold/1", "/hold/2");
		const [first, second] = await Promise.all([web.handed("/hold/1"), web.handed("/hold/2")]);
		const names = (): string[] => web.service.inFlight().map(({ what }) => what);
		assert.deepEqual(names(), ["GET /hold/1", "GET /hold/2"]);
		first.response.end("1");
		await client.answered(2);
		await web.until(() => first.response.closed);
		assert.deepEqual(names(), ["GET /hold/2"]);
		void web.service.stop();
		await web.listenerClosed();
		second.response.end("2");
		await web.drained();
		await client.closed;
		assert.deepEqual(client.responses.slice(1).map(brief), ['200 "1" keep-alive', '200 "2" close']);
	});

	rule(
		"`parser` of a socket: the rest of an upload with an early response is waited for no longer than the linger",
		async (t) => {
			hide(t, Socket.prototype, "parser");
			const { web, client, response } = await asked(t, "POST", "Content-Length: 10");
			response.end("early");
			await client.answered();
			await web.until(() => response.closed);
			void web.service.stop();
			await web.drained();
			await client.closed;
			assert.deepEqual(client.responses.map(brief), ['200 "early" keep-alive']);
		},
	);

	rule("`_destroy` of a socket: it is forgotten when its connections are counted or listed", async (t) => {
		keep(t, Socket.prototype, "_destroy");
		const web = await ServedServer.open(t, http);
		const client = await web.connect();
		client.get("/hold");
		const { response } = await web.handed("/hold");
		client.socket.resetAndDestroy();
		await web.until(() => response.closed);
		assert.deepEqual(web.service.inFlight(), []);
		await web.service.stop();
		await web.drained();
	});

	rule("stack frames: a close() of the program is warned of without its place, and waits", async (t) => {
		const lines: string[] = [];
		const web = await ServedServer.open(t, http, { service: { log: (line) => void lines.push(line) } });
		const client = await web.connect();
		client.get("/hold");
		const { response } = await web.handed("/hold");
		void web.service.stop();
		const { stackTraceLimit } = Error;
		Error.stackTraceLimit = 0;
		web.server.close();
		Error.stackTraceLimit = stackTraceLimit;
		response.end("whole");
		await web.drained();
		await client.closed;
		assert.equal(String(client.responses[0]?.body), "whole");
		assert.match(lines.join("\n"), /server\.close\(\) was called during the shutdown: it waits/);
	});
});
