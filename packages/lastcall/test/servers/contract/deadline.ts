import assert from "node:assert/strict";
import type { ShutdownReport } from "lastcall";
import type { Kind } from "../kinds.ts";
import { connectionsOf, rule, Scene, stages } from "../scene.ts";

const short = { gracePeriodMs: 200, lingerMs: 50 };

/** When time is up, what is left is named and dropped. */
export function deadline(kind: Kind): void {
	for (const { when, begin } of [{ when: "with no stop before it", begin: async () => {} }, ...stages]) {
		rule(`nothing goes on behind a hard stop, ${when}`, async (t) => {
			const scene = await Scene.open(t, kind);
			const before = timers();
			const clients = await threeInFlight(scene);
			await begin(scene);
			await scene.service.stopNow();
			await Promise.all(clients.map(({ closed }) => closed));
			assert.equal(await settled(scene), 0);
			let quietTurns = 0;
			await scene.until(() => {
				quietTurns = timers() <= before ? quietTurns + 1 : 0;
				return quietTurns === 50;
			});
			assert.equal(scene.closes, 1);
		});
	}

	rule("stopNow drops what is in flight, by name and age", async (t) => {
		const scene = await Scene.open(t, kind);
		await threeInFlight(scene);
		const since = performance.now();
		void scene.service.stop();
		await scene.listenerClosed();
		const report = await scene.service.stopNow("enough");
		assert.deepEqual(report.hardStop?.cause, { kind: "call", why: "enough" });
		assertLeft(report, performance.now() - since);
		assert.equal(await settled(scene), 0);
	});

	rule("stopNow without a stop before it", async (t) => {
		const scene = await Scene.open(t, kind);
		const clients = await threeInFlight(scene);
		const report = await scene.service.stopNow("enough");
		assert.deepEqual(report.hardStop?.cause, { kind: "call", why: "enough" });
		assertLeft(report, 0);
		await Promise.all(clients.map(({ closed }) => closed));
		assert.equal(await settled(scene), 0);
		assert.equal(scene.server.listening, false);
	});

	rule("the deadline drops what is in flight, by name and age", async (t) => {
		const scene = await Scene.open(t, kind, { service: short });
		const clients = await threeInFlight(scene);
		const report = await scene.service.stop();
		assert.equal(report.hardStop?.cause, "deadline");
		assertLeft(report, short.gracePeriodMs - 1);
		assert.equal(report.exitCode, 1);
		await Promise.all(clients.map(({ closed }) => closed));
		assert.equal(await settled(scene), 0);
	});

	rule("a handler that answers afterwards does no harm", async (t) => {
		const scene = await Scene.open(t, kind);
		await threeInFlight(scene);
		const { response } = await scene.handed("/hold/1");
		const { response: streaming } = await scene.handed("/hold/2");
		streaming.write("some ");
		await scene.service.stopNow();
		response.writeHead(200, { "x-late": "yes" }).write("late");
		response.end();
		streaming.end("more");
		(await scene.handed("/hold/3")).response.end("late");
		assert.equal(await settled(scene), 0);
	});

	rule("who reads too slowly is dropped at the deadline, and named", async (t) => {
		const scene = await Scene.open(t, kind, {
			service: short,
			handler: (_, response) => response.end(Buffer.alloc(20_000_000)) !== undefined,
		});
		const client = await scene.connect({ paused: true });
		client.get("/large");
		await scene.handed("/large");
		const report = await scene.service.stop();
		assert.equal(report.hardStop?.cause, "deadline");
		assert.deepEqual(
			report.left.map(({ what }) => what),
			["GET /large"],
		);
		assert.equal(await settled(scene), 0);
	});

	rule("idle and silent connections don't outlive a deadline that comes before the end of their linger", async (t) => {
		const scene = await Scene.open(t, kind, { service: { gracePeriodMs: 100, lingerMs: 100 } });
		const clients = [await scene.idleConnection(), await scene.connect(), await scene.connect()];
		await clients[2]?.write("GET /half HTTP/1.1\r\n");
		await scene.service.stop();
		await Promise.all(clients.map(({ closed }) => closed));
		assert.equal(await settled(scene), 0);
	});

	rule("a connection that only reads on doesn't outlive the deadline", async (t) => {
		const scene = await Scene.open(t, kind, { service: short });
		const client = await scene.connect();
		client.ask("POST", "/early", "Content-Length: 1000000");
		await client.answered();
		const upload = setInterval(() => void client.write("x".repeat(200)), 5);
		t.after(() => clearInterval(upload));
		await scene.service.stop();
		await client.closed;
		assert.equal(await settled(scene), 0);
	});
}

async function threeInFlight(scene: Scene): Promise<Awaited<ReturnType<Scene["connect"]>>[]> {
	const clients = [await scene.connect(), await scene.connect(), await scene.idleConnection()];
	clients[0]?.get("/hold/1");
	await scene.handed("/hold/1");
	clients[1]?.get("/hold/2", "/hold/3");
	await scene.handed("/hold/3");
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

/** Waits until no connection is left, and returns how many are. */
async function settled(scene: Scene): Promise<number> {
	let count = await connectionsOf(scene.server);
	for (let turns = 0; count > 0 && turns < 1_000; turns++) {
		await new Promise(setImmediate);
		count = await connectionsOf(scene.server);
	}
	return count;
}
