import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, connect } from "node:net";
import { type TestContext, test } from "node:test";
import type { Warning } from "lastcall";
import { systemClock } from "#src/process/system-clock.js";
import { RootService } from "#src/service/root-service.js";
import { keepLoopAlive, limit, NEVER_MS } from "../support/time-limit.ts";
import { until } from "../support/until.ts";

const MESSAGE =
	/^service\.stop\(\) is awaited in a request handler \(.*awaited-stop\.test\.js:\d+:\d+\), but the shutdown waits for its response, until the deadline at most; call it without await$/;

async function running(t: TestContext) {
	const warnings: Warning[] = [];
	const times = { gracePeriodMs: NEVER_MS, lingerMs: 0 };
	const service = new RootService(times, systemClock, (event) => {
		if (event.type === "warning") warnings.push(event.warning);
	});
	await service.start();
	t.after(() => service.stopNow());
	keepLoopAlive(t);
	const listen = async <S extends Server>(server: S): Promise<number> => {
		await service.listen("http", server, { port: 0, host: "127.0.0.1" });
		return (server.address() as AddressInfo).port;
	};
	return { service, warnings, listen };
}

/** Asserts that the one warning is about a handler. */
function assertTold(warnings: readonly Warning[]): void {
	assert.equal(warnings.length, 1);
	assert.equal(warnings[0]?.code, "awaited-stop");
	assert.match(warnings[0]?.message ?? "", MESSAGE);
}

test("a stop that an HTTP/1.1 handler awaits causes a warning at once", limit, async (t) => {
	const { service, warnings, listen } = await running(t);
	const port = await listen(
		createServer(async (_request, response) => {
			await service.stop();
			response.end();
		}),
	);
	get({ port, host: "127.0.0.1" }).on("error", () => {});
	await until(t, () => warnings.length > 0);
	assertTold(warnings);
});

test("a stop that an HTTP/2 handler awaits causes a warning at once, for both APIs", limit, async (t) => {
	for (const event of ["request", "stream"]) {
		const { service, warnings, listen } = await running(t);
		const server = createHttp2Server().on(event, async () => void (await service.stop()));
		const port = await listen(server as unknown as Server);
		const client = connectHttp2(`http://127.0.0.1:${port}`).on("error", () => {});
		t.after(() => client.destroy());
		client.request({ ":path": "/" }).on("error", () => {});
		await until(t, () => warnings.length > 0);
		assertTold(warnings);
	}
});

test(
	"nothing is said of a stop that a handler does not await, or that another event's listener awaits",
	limit,
	async (t) => {
		const handlers: ((service: RootService, response: ServerResponse) => unknown)[] = [
			(service, response) => {
				void service.stop();
				response.end();
			},
			(service, response) => {
				service.stop().catch(() => {});
				response.end();
			},
			(service, response) => response.end(() => setImmediate(async () => void (await service.stop()))),
		];
		for (const handler of handlers) {
			const { service, warnings, listen } = await running(t);
			const handle = (_request: IncomingMessage, response: ServerResponse): unknown => handler(service, response);
			const port = await listen(createServer(handle));
			get({ port, host: "127.0.0.1" }).on("error", () => {});
			await until(t, () => service.reason !== undefined);
			await service.closed;
			assert.deepEqual(warnings, []);
		}
		const { service, warnings, listen } = await running(t);
		const server = createServer().on("connection", async () => void (await service.stop()));
		const socket = connect(await listen(server), "127.0.0.1").on("error", () => {});
		t.after(() => socket.destroy());
		await once(server, "connection");
		await service.closed;
		assert.deepEqual(warnings, []);
	},
);
