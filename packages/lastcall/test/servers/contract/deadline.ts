import assert from "node:assert/strict";
import type { ShutdownReport } from "lastcall";
import type { Kind } from "../../support/http-kinds.ts";
import { connectionsOf } from "../bare-server.ts";
import { rule } from "../rule.ts";
import { ServedServer, stages } from "../served-server.ts";

const short = { gracePeriodMs: 200, lingerMs: 50 };

/** When time is up, requests in flight are dropped, and left by name. */
export function deadline(kind: Kind): void {
	for (const { when, begin } of [{ when: "without a stop before it", begin: async () => {} }, ...stages]) {
		rule(`no connection and no timer is left after a hard stop ${when}`, async (t) => {
			const web = await ServedServer.open(t, kind);
			const before = timers();
			const clients = await threeInFlight(web);
			await begin(web);
			await web.service.stopNow();
			await Promise.all(clients.map(({ closed }) => closed));
			assert.equal(await settled(web), 0);
			let quietTurns = 0;
			await web.until(() => {
				quietTurns = timers() <= before ? quietTurns + 1 : 0;
				return quietTurns === 50;
			});
			assert.equal(web.closes, 1);
		});
	}

	rule("stopNow() while draining drops the requests in flight, which are left by name and age", async (t) => {
		const web = await ServedServer.open(t, kind);
		await threeInFlight(web);
		const since = performance.now();
		void web.service.stop();
		await web.listenerClosed();
		const report = await web.service.stopNow("enough");
		assert.deepEqual(report.hardStop?.cause, { kind: "call", why: "enough" });
		assertLeft(report, performance.now() - since);
		assert.equal(await settled(web), 0);
	});

	rule("stopNow() without a stop before it drops the requests in flight, which are left by name and age", async (t) => {
		const web = await ServedServer.open(t, kind);
		const clients = await threeInFlight(web);
		const report = await web.service.stopNow("enough");
		assert.deepEqual(report.hardStop?.cause, { kind: "call", why: "enough" });
		assertLeft(report, 0);
		await Promise.all(clients.map(({ closed }) => closed));
		assert.equal(await settled(web), 0);
		assert.equal(web.server.listening, false);
	});

	rule("the deadline drops the requests in flight, which are left by name and age", async (t) => {
		const web = await ServedServer.open(t, kind, { service: short });
		const clients = await threeInFlight(web);
		const report = await web.service.stop();
		assert.equal(report.hardStop?.cause, "deadline");
		assertLeft(report, short.gracePeriodMs - 1);
		assert.equal(report.exitCode, 1);
		await Promise.all(clients.map(({ closed }) => closed));
		assert.equal(await settled(web), 0);
	});

	rule("a handler that responds after the hard stop causes no error", async (t) => {
		const web = await ServedServer.open(t, kind);
		await threeInFlight(web);
		const { response } = await web.handed("/hold/1");
		const { response: streaming } = await web.handed("/hold/2");
		streaming.write("some ");
		await web.service.stopNow();
		response.writeHead(200, { "x-late": "yes" }).write("late");
		response.end();
		streaming.end("more");
		(await web.handed("/hold/3")).response.end("late");
		assert.equal(await settled(web), 0);
	});

	rule("a client that reads too slowly is dropped at the deadline, and its request is left by name", async (t) => {
		const web = await ServedServer.open(t, kind, {
			service: short,
			handler: (_, response) => response.end(Buffer.alloc(20_000_000)) !== undefined,
		});
		const client = await web.connect({ paused: true });
		client.get("/large");
		await web.handed("/large");
		const report = await web.service.stop();
		assert.equal(report.hardStop?.cause, "deadline");
		assert.deepEqual(
			report.left.map(({ what }) => what),
			["GET /large"],
		);
		assert.equal(await settled(web), 0);
	});

	rule("idle and silent connections don't outlive a deadline that comes before the end of their linger", async (t) => {
		const web = await ServedServer.open(t, kind, { service: { gracePeriodMs: 100, lingerMs: 100 } });
		const clients = [await web.idleConnection(), await web.connect(), await web.connect()];
		await clients[2]?.write("GET /half HTTP/1.1\r\n");
		await web.service.stop();
		await Promise.all(clients.map(({ closed }) => closed));
		assert.equal(await settled(web), 0);
	});

	rule("a connection that is only read from doesn't outlive the deadline", async (t) => {
		const web = await ServedServer.open(t, kind, { service: short });
		const client = await web.connect();
		client.ask("POST", "/early", "Content-Length: 1000000");
		await client.answered();
		const upload = setInterval(() => void client.write("x".repeat(200)), 5);
		t.after(() => clearInterval(upload));
		await web.service.stop();
		await client.closed;
		assert.equal(await settled(web), 0);
	});
}

async function threeInFlight(web: ServedServer): Promise<Awaited<ReturnType<ServedServer["connect"]>>[]> {
	const clients = [await web.connect(), await web.connect(), await web.idleConnection()];
	clients[0]?.get("/hold/1");
	await web.handed("/hold/1");
	clients[1]?.get("/hold/2", "/hold/3");
	await web.handed("/hold/3");
	return clients;
}

/** @param leastAgeMs a lower bound, known from the order of events */
function assertLeft({ left, ok }: ShutdownReport, leastAgeMs: number): void {
	assert.equal(ok, false);
	assert.deepEqual(
		left.map(({ name, what }) => `${name}: ${what}`),
		["web: GET /hold/1", "web: GET /hold/2", "web: GET /hold/3"],
	);
	for (const { ageMs } of left) assert.ok(ageMs > 0 && ageMs >= leastAgeMs - 50, `${ageMs} ms`);
}

/** How many timers and immediates keep the program alive. */
function timers(): number {
	return process.getActiveResourcesInfo().filter((name) => name === "Timeout" || name === "Immediate").length;
}

/** Waits until no connection is left, for a thousand turns at most, and returns how many are. */
async function settled(web: ServedServer): Promise<number> {
	let count = await connectionsOf(web.server);
	for (let turns = 0; count > 0 && turns < 1_000; turns++) {
		await new Promise(setImmediate);
		count = await connectionsOf(web.server);
	}
	return count;
}
