// A net server that hands its connections to an HTTP server which never listens: of the first, only the listener is drained.
import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, createServer as createHttpServer, type Server as HttpServer, get as request } from "node:http";
import { Agent as TlsAgent } from "node:https";
import { type AddressInfo, createServer, type Server } from "node:net";
import { type TestContext, test } from "node:test";
import { createSecureContext, createServer as createTlsServer, TLSSocket } from "node:tls";
import type { HowNetDrains } from "#src/servers/peers/protocol-options.js";
import { certificate } from "../support/certificate.ts";
import { runningInternally } from "../support/quiet-service.ts";
import { until } from "../support/until.ts";

const limit = { timeout: 60_000 };
const CLIENTS = 20;

interface Feeder {
	readonly isTls: boolean;
	readonly create: (inner: HttpServer) => Server;
}

const feeders: Readonly<Record<string, Feeder>> = {
	"a net.Server hands each socket on at once": {
		isTls: false,
		create: (inner) => createServer((socket) => void inner.emit("connection", socket)),
	},
	"a net.Server hands each socket on after a look at its first bytes": {
		isTls: false,
		create: (inner) =>
			createServer((socket) => {
				socket.on("error", () => {}).once("readable", () => void inner.emit("connection", socket));
			}),
	},
	"a tls.Server hands each socket on": {
		isTls: true,
		create: (inner) => createTlsServer(certificate, (socket) => void inner.emit("connection", socket)),
	},
	"a net.Server wraps each socket by a TLSSocket": {
		isTls: true,
		create: (inner) => {
			const secureContext = createSecureContext(certificate);
			return createServer((socket) => {
				const secure = new TLSSocket(socket, { isServer: true, secureContext });
				secure.on("error", () => {}).on("secure", () => void inner.emit("connection", secure));
			});
		},
	},
};

/** How the requests of all clients ended, by the outcome of each. A client goes on until it is refused. */
async function drill(t: TestContext, { isTls, create }: Feeder, protocol: HowNetDrains): Promise<string[]> {
	const service = await runningInternally(t, { lingerMs: 100 });
	let finishSlow = (): void => {};
	let served = 0;
	const inner = createHttpServer((request, response) => {
		served++;
		if (request.url !== "/slow") setTimeout(() => response.end("whole"), 5);
		else finishSlow = () => response.end("whole");
	});
	const outer = create(inner);
	await once(outer.listen(0, "127.0.0.1"), "listening");
	assert.ok(service.serveQuietly("inner", inner, undefined));
	assert.ok(service.serveQuietly("outer", outer, protocol));
	const { port } = outer.address() as AddressInfo;
	const options = { keepAlive: true, maxSockets: CLIENTS + 1 };
	const agent = isTls ? new TlsAgent({ ...options, rejectUnauthorized: false }) : new Agent(options);
	t.after(() => agent.destroy());
	const ask = (path: string): Promise<string> =>
		new Promise((resolve) => {
			const where = { protocol: isTls ? "https:" : "http:", port, host: "127.0.0.1", agent, path };
			const sent = request(where, (response) => {
				let text = "";
				response.on("data", (part) => (text += part)).on("close", () => resolve(text));
			});
			sent.on("error", ({ code }: NodeJS.ErrnoException) =>
				resolve(code === "ECONNREFUSED" ? "refused" : String(code)),
			);
		});
	const outcomes: string[] = [];
	const load = Array.from({ length: CLIENTS }, async () => {
		for (let outcome = ""; outcome !== "refused"; outcomes.push(outcome)) outcome = await ask("/");
	});
	const slow = ask("/slow");
	await until(t, () => served > 5 * CLIENTS);
	const closed = service.stop();
	await until(t, () => !outer.listening);
	// The handler takes many times the linger.
	setTimeout(() => finishSlow(), 1_000);
	outcomes.push(await slow);
	await Promise.all([closed, ...load]);
	const { ok, hardStop } = await closed;
	assert.deepEqual([ok, hardStop], [true, undefined]);
	return outcomes;
}

const lost = (outcomes: readonly string[]): string[] => outcomes.filter((one) => one !== "whole" && one !== "refused");

for (const [name, feeder] of Object.entries(feeders)) {
	test(`nothing is lost where ${name}`, limit, async (t) => {
		const outcomes = await drill(t, feeder, { inFlight: "nothing" });
		assert.deepEqual(lost(outcomes), []);
		assert.ok(outcomes.filter((one) => one === "whole").length > 5 * CLIENTS);
	});
}

test(
	"the negative control: as a server whose connections are idle without work, it loses the slow request",
	limit,
	async (t) => {
		const feeder = feeders["a net.Server hands each socket on at once"];
		assert.ok(feeder);
		assert.ok(lost(await drill(t, feeder, { inFlight: "work" })).length > 0);
	},
);

test("a connection that belongs to no server of a service holds up nothing, and is left open", limit, async (t) => {
	const service = await runningInternally(t);
	const outer = createServer((socket) => socket.on("error", () => {}).write("hello"));
	await once(outer.listen(0, "127.0.0.1"), "listening");
	assert.ok(service.serveQuietly("outer", outer, { inFlight: "nothing" }));
	const { connect } = await import("node:net");
	const client = connect((outer.address() as AddressInfo).port, "127.0.0.1");
	t.after(() => client.destroy());
	await once(client, "data");
	assert.deepEqual(service.inFlight(), []);
	const { ok, hardStop, endedEarly } = await service.stop();
	assert.deepEqual([ok, hardStop, endedEarly], [true, undefined, []]);
	assert.deepEqual([outer.listening, client.closed, client.readableEnded], [false, false, false]);
});
