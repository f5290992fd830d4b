import assert from "node:assert/strict";
import { once } from "node:events";
import { describe } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { brief } from "./answers.ts";
import { Client } from "./client.ts";
import { ask, Http2Scene } from "./http2-scene.ts";
import { connectSecurely } from "./kinds.ts";
import { rule } from "./scene.ts";

void describe("HTTP/2 with allowHTTP1", () => {
	rule("connections of both protocols drain side by side, each in its own way", async (t) => {
		const scene = await Http2Scene.open(t, "https", { server: { allowHTTP1: true } });
		scene.server.on("request", (request, response) => {
			if (request.httpVersionMajor === 1) setImmediate(() => response.end("whole"));
		});
		const session = scene.connect();
		const { ended } = ask(session, "/hold");
		const { stream } = await scene.handed("/hold");
		const client = new Client(connectSecurely(scene.port));
		t.after(() => client.socket.destroy());
		assert.equal(brief(await client.fetch("/first")), '200 "whole" keep-alive');
		const goaway = once(session, "goaway");
		void scene.service.stop();
		await scene.listenerClosed();
		assert.equal(brief(await client.fetch("/next")), '200 "whole" close');
		await goaway;
		stream.respond({ ":status": 200 });
		stream.end("whole");
		assert.deepEqual(await ended, { status: 200, text: "whole" });
		await client.closed;
		await scene.drained();
	});

	rule("close() by the program ends no idle connection of HTTP/1.1", async (t) => {
		const scene = await Http2Scene.open(t, "https", { server: { allowHTTP1: true }, service: { lingerMs: 60_000 } });
		scene.server.on("request", (request, response) => {
			if (request.httpVersionMajor === 1) setImmediate(() => response.end("whole"));
		});
		const client = new Client(connectSecurely(scene.port));
		t.after(() => client.socket.destroy());
		assert.equal(brief(await client.fetch("/first")), '200 "whole" keep-alive');
		void scene.service.stop();
		scene.server.close();
		await nextTurn();
		assert.match(brief(await client.fetch("/next")), /^200 "whole"/);
		client.socket.end();
		await scene.drained();
		assert.equal(Object.hasOwn(scene.server, "closeIdleConnections"), false);
	});

	rule("without it, who agreed on no protocol holds nothing", async (t) => {
		const scene = await Http2Scene.open(t, "https", { server: { unknownProtocolTimeout: 120_000 } });
		const client = connectTls({
			port: scene.port,
			host: "127.0.0.1",
			rejectUnauthorized: false,
			allowHalfOpen: true,
		} as object);
		t.after(() => client.destroy());
		client.on("error", () => {});
		await once(scene.server, "unknownProtocol").catch(() => {});
		void scene.service.stop();
		await scene.drained();
	});
});
