import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, connect } from "node:net";
import { type TestContext, test } from "node:test";
import type { ListeningServer, ServiceOptions } from "lastcall";
import { requestNames } from "#src/servers/listening/request-name.js";
import { type RunningService, running } from "../support/running-service.ts";

const limit = { timeout: 30_000 };

test("the name of a request is its method and path, without what may be secret", () => {
	const nameRequest = requestNames(false);
	for (const [method, target, name] of [
		["GET", "/orders/7", "GET /orders/7"],
		["GET", "/", "GET /"],
		["OPTIONS", "*", "OPTIONS *"],
		["GET", "/reset?token=SECRET&a=?b", "GET /reset"],
		["GET", "?SECRET", "GET"],
		["GET", "/callback#access_token=SECRET", "GET /callback"],
		["GET", "/callback#SECRET?x", "GET /callback"],
		["GET", "/@someone/photos@2x", "GET /@someone/photos@2x"],
		["GET", "http://host:8080/a?SECRET", "GET http://host:8080/a"],
		["GET", "http://user:SECRET@host/a@b?c", "GET http://host/a@b"],
		["GET", "http://user:SECRET@more@host/a", "GET http://host/a"],
		["GET", "HTTPS://SECRET@host", "GET HTTPS://host"],
		["GET", "//user:SECRET@host/a", "GET //host/a"],
		["CONNECT", "host:443", "CONNECT host:443"],
		["CONNECT", "user:SECRET@host:443", "CONNECT host:443"],
		["GET", undefined, "GET"],
	] as const) {
		assert.equal(nameRequest({ method, target }), name);
	}
	assert.equal(nameRequest({ as: "WebSocket", target: "/room?access_token=SECRET" }), "WebSocket /room");
	assert.equal(nameRequest({ as: "WebSocket", target: undefined }), "WebSocket");
});

test("with showQueryStrings query strings are in the names of requests; a user and a password never are", () => {
	const nameRequest = requestNames(true);
	assert.equal(nameRequest({ method: "GET", target: "/reset?token=1#2" }), "GET /reset?token=1#2");
	assert.equal(nameRequest({ method: "GET", target: "http://user:SECRET@host/?a@b" }), "GET http://host/?a@b");
	assert.equal(nameRequest({ method: "GET", target: "http://host?mail=a@b" }), "GET http://host?mail=a@b");
});

interface Told extends RunningService {
	readonly server: Server;
	/** Everything that was published: the log and the diagnostics channel. */
	readonly published: () => string;
	/** Sends a request, and resolves when the server has it. */
	ask(head: string): Promise<void>;
}

async function open(t: TestContext, options: ServiceOptions): Promise<Told> {
	const lines: unknown[] = [];
	const hear = (message: unknown): void => void lines.push((message as { event: unknown }).event);
	subscribe("lastcall", hear);
	t.after(() => unsubscribe("lastcall", hear));
	const started = await running(t, { ...options, log: (line) => void lines.push(line) });
	const server = createServer();
	server.on("request", (request, response) => {
		if (request.url?.startsWith("/events"))
			response.writeHead(200, { "Content-Type": "text/event-stream" }).write("\n");
		// As a router that is mounted there does.
		request.url = request.url?.replace("/api/", "/");
	});
	server.on("connect", () => {}).on("upgrade", () => {});
	await listen(started, server);
	const ask = async (head: string): Promise<void> => {
		const { length } = started.names();
		const socket = connect((server.address() as AddressInfo).port, "127.0.0.1").on("error", () => {});
		t.after(() => socket.destroy());
		socket.resume().write(`${head}\r\n\r\n`);
		await started.until(() => started.names().length > length);
	};
	return { ...started, server, ask, published: () => JSON.stringify(lines) };
}

async function listen({ service }: RunningService, server: ListeningServer): Promise<void> {
	await service.listen("web", server, { port: 0, host: "127.0.0.1" });
}

const HEADS = [
	"GET /reset?token=SECRET HTTP/1.1\r\nHost: x",
	"GET http://user:SECRET@x/absolute?SECRET HTTP/1.1\r\nHost: x",
	"GET /upgraded?SECRET HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: own",
	"CONNECT user:SECRET@x:443 HTTP/1.1\r\nHost: x",
	"GET /api/orders/7?SECRET HTTP/1.1\r\nHost: x",
];
const NAMES = [
	"web GET /reset",
	"web GET http://x/absolute",
	"web upgraded connection GET /upgraded",
	"web upgraded connection CONNECT x:443",
	"web GET /api/orders/7",
];

test("inFlight(), the report, the log and the diagnostics channel have no query strings", limit, async (t) => {
	const { service, names, ask, published } = await open(t, { gracePeriodMs: 1_000 });
	for (const head of HEADS) await ask(head);
	assert.deepEqual(names().sort(), [...NAMES].sort(), "a router that strips the path changes no name");
	const report = await service.stop();
	assert.equal(report.left.length, HEADS.length);
	assert.doesNotMatch(JSON.stringify(report), /SECRET/);
	assert.match(published(), /hard stop .* left .*web GET \/reset/);
	assert.doesNotMatch(published(), /SECRET/);
});

test("what the drain ends early is reported without query strings", limit, async (t) => {
	const { service, names, ask, published, server, until } = await open(t, {});
	await ask("GET /events?SECRET HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream");
	const client = connect((server.address() as AddressInfo).port, "127.0.0.1").on("error", () => {});
	client.write("GET /gone?SECRET HTTP/1.1\r\nHost: x\r\n\r\n");
	await until(() => names().length === 2);
	client.destroy();
	await until(() => names().includes("web GET /gone (its client has gone)"));
	const { endedEarly } = await service.stop();
	assert.deepEqual(endedEarly.map(({ what }) => what).sort(), ["GET /events", "GET /gone"]);
	assert.doesNotMatch(JSON.stringify(endedEarly) + published(), /SECRET/);
});

test("with showQueryStrings the log has the query strings", limit, async (t) => {
	const { names, ask } = await open(t, { showQueryStrings: true });
	await ask("GET /orders?page=2 HTTP/1.1\r\nHost: x");
	assert.deepEqual(names(), ["web GET /orders?page=2"]);
});

for (const showQueryStrings of [false, true]) {
	test(`HTTP/2 streams are named with ${showQueryStrings ? "" : "no "}query strings`, limit, async (t) => {
		const started = await running(t, { showQueryStrings });
		const server = createHttp2Server({ settings: { enableConnectProtocol: true } });
		server.on("stream", (stream) => void stream.on("error", () => {}));
		await listen(started, server);
		const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`).on("error", () => {});
		t.after(() => client.destroy());
		await once(client, "remoteSettings");
		for (const headers of [
			{ ":path": "/api/orders?token=1" },
			{ ":method": "CONNECT", ":protocol": "websocket", ":path": "/room?access_token=1" },
		]) {
			const stream = client.request({ ":authority": "x", ...headers });
			stream.on("error", () => {});
		}
		await started.until(() => started.names().length === 2);
		const query = (text: string): string => (showQueryStrings ? text : "");
		assert.deepEqual(started.names().sort(), [
			`web GET /api/orders${query("?token=1")}`,
			`web upgraded stream CONNECT /room${query("?access_token=1")}`,
		]);
	});
}
