import assert from "node:assert/strict";
import type { Http2SecureServer } from "node:http2";
import { Socket } from "node:net";
import { describe, type TestContext } from "node:test";
import { Client } from "../servers/client.ts";
import { brief } from "../servers/responses.ts";
import { rule } from "../servers/rule.ts";
import { ask, ServedHttp2Server } from "../servers/served-http2-server.ts";
import { connectSecurely } from "../support/http-kinds.ts";
import { WireClient } from "../support/http2-wire.ts";
import { isLibrary, keep } from "./hide.ts";
import { sessionClass, streamClass } from "./http2-classes.ts";

/** Lets the library see another value of a getter, made of the real one. */
function replace(t: TestContext, target: object, key: string, other: (value: never) => unknown): void {
	const own = Object.getOwnPropertyDescriptor(target, key) as PropertyDescriptor;
	Object.defineProperty(target, key, {
		configurable: true,
		get(this: object) {
			const value: unknown = own.get?.call(this);
			return isLibrary() ? other(value as never) : value;
		},
	});
	t.after(() => void Object.defineProperty(target, key, own));
}

void describe("HTTP/2 without `lastProcStreamID` in a session's state", () => {
	const hideLast = (t: TestContext): void =>
		replace(t, sessionClass, "state", ({ lastProcStreamID: _, ...state }: { lastProcStreamID: number }) => state);

	rule("what is in flight ends whole", async (t) => {
		hideLast(t);
		const web = await ServedHttp2Server.open(t, "http");
		const { ended } = ask(web.connect(), "/hold");
		const { stream } = await web.handed("/hold");
		void web.service.stop();
		await web.listenerClosed();
		stream.respond({ ":status": 200 });
		stream.end("whole");
		assert.deepEqual(await ended, { status: 200, text: "whole" });
		await web.drained();
	});

	rule("half a head is not seen, and holds the stop", async (t) => {
		hideLast(t);
		const web = await ServedHttp2Server.open(t, "http", { service: { gracePeriodMs: 2_000 } });
		const wire = new WireClient(web.port);
		await new Promise((resolve) => web.server.once("session", resolve));
		wire.socket.write(WireClient.halfGet(1, "/half"));
		const { hardStop } = await web.service.stop();
		assert.equal(hardStop?.cause, "deadline");
		wire.socket.destroy();
	});
});

void describe("HTTP/2 without the shadows on its streams", () => {
	rule("a handler that ends its stream after its client has gone is waited for longer than that", async (t) => {
		for (const method of ["respond", "end", "close", "destroy"]) keep(t, streamClass, method);
		const web = await ServedHttp2Server.open(t, "http", { service: { gracePeriodMs: 2_000 } });
		const session = web.connect();
		ask(session, "/hold");
		const { stream } = await web.handed("/hold");
		const closed = new Promise((resolve) => stream.once("close", resolve));
		session.destroy();
		await closed;
		stream.end("unheard");
		assert.equal(web.service.inFlight().length, 1);
		const { ok, hardStop, endedEarly } = await web.service.stop();
		assert.deepEqual([ok, hardStop, endedEarly.map(({ why }) => why)], [true, undefined, ["client-gone"]]);
	});
});

void describe("HTTP/2 without the shadow on its sockets", () => {
	rule("a session that has ended is forgotten when its streams are listed, and holds no stop", async (t) => {
		keep(t, Socket.prototype, "_destroy");
		const web = await ServedHttp2Server.open(t, "http");
		const session = web.connect();
		ask(session, "/hold");
		const { stream } = await web.handed("/hold");
		session.destroy();
		await web.until(() => stream.destroyed);
		stream.end("unheard");
		await web.until(() => web.service.inFlight().length === 0);
		void web.service.stop();
		await web.drained();
	});
});

void describe("HTTP/2 with allowHTTP1 without `headersTimeout` on the server", () => {
	rule("a request of HTTP/1.1 ends whole", async (t) => {
		const web = await ServedHttp2Server.open(t, "https", { server: { allowHTTP1: true } });
		(web.server as Http2SecureServer).on("request", (request, response) => {
			if (request.httpVersion !== "1.1") return;
			web.server.emit("asked");
			web.server.once("finish", () => response.end("whole"));
		});
		Reflect.deleteProperty(web.server, "headersTimeout");
		const client = new Client(connectSecurely(web.port));
		t.after(() => client.socket.destroy());
		const asked = new Promise((resolve) => web.server.once("asked", resolve));
		client.get("/slow");
		await asked;
		void web.service.stop();
		await web.listenerClosed();
		// Longer than a handshake may be silent.
		await new Promise((resolve) => setTimeout(resolve, 1_500));
		web.server.emit("finish");
		await client.closed;
		assert.equal(brief(client.responses[0]), '200 "whole" close');
		await web.drained();
	});
});
