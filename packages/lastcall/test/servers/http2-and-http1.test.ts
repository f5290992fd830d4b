import assert from "node:assert/strict";
import { once } from "node:events";
import { describe } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { connectSecurely } from "../support/http-kinds.ts";
import { Client } from "./client.ts";
import { brief } from "./responses.ts";
import { rule } from "./rule.ts";
import { ask, ServedHttp2Server } from "./served-http2-server.ts";

void describe("HTTP/2 with allowHTTP1", () => {
	rule("connections of both protocols drain side by side, each in its own way", async (t) => {
		const web = await ServedHttp2Server.open(t, "https", { server: { allowHTTP1: true } });
		web.server.on("request", (request, response) => {
			if (request.httpVersionMajor === 1) setImmediate(() => response.end("whole"));
		});
		const session = web.connect();
		const { ended } = ask(session, "/hold");
		const { stream } = await web.handed("/hold");
		const client = new Client(connectSecurely(web.port));
		t.after(() => client.socket.destroy());
		assert.equal(brief(await client.fetch("/first")), '200 "whole" keep-alive');
		const goaway = once(session, "goaway");
		void web.service.stop();
		await web.listenerClosed();
		assert.equal(brief(await client.fetch("/next")), '200 "whole" close');
		await goaway;
		stream.respond({ ":status": 200 });
		stream.end("whole");
		assert.deepEqual(await ended, { status: 200, text: "whole" });
		await client.closed;
		await web.drained();
	});

	rule("close() by the program ends no idle HTTP/1.1 connection", async (t) => {
		const web = await ServedHttp2Server.open(t, "https", {
			server: { allowHTTP1: true },
			service: { lingerMs: 60_000 },
		});
		web.server.on("request", (request, response) => {
			if (request.httpVersionMajor === 1) setImmediate(() => response.end("whole"));
		});
		const client = new Client(connectSecurely(web.port));
		t.after(() => client.socket.destroy());
		assert.equal(brief(await client.fetch("/first")), '200 "whole" keep-alive');
		void web.service.stop();
		web.server.close();
		await nextTurn();
		assert.match(brief(await client.fetch("/next")), /^200 "whole"/);
		client.socket.end();
		await web.drained();
		assert.equal(Object.hasOwn(web.server, "closeIdleConnections"), false);
	});

	rule("without allowHTTP1, a client that agreed on no protocol does not delay the drain", async (t) => {
		const web = await ServedHttp2Server.open(t, "https", { server: { unknownProtocolTimeout: 120_000 } });
		const client = connectTls({
			port: web.port,
			host: "127.0.0.1",
			rejectUnauthorized: false,
			allowHalfOpen: true,
		} as object);
		t.after(() => client.destroy());
		client.on("error", () => {});
		await once(web.server, "unknownProtocol").catch(() => {});
		void web.service.stop();
		await web.drained();
	});
});
