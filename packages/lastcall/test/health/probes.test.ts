import assert from "node:assert/strict";
import { test } from "node:test";
import type { HealthOptions } from "lastcall";
import { hang } from "../support/deferred.ts";
import { runningService, WatchedService } from "../support/watched-service.ts";

/** Requests all three probes: the status codes of livez, readyz, startupz. */
async function ask({ service }: WatchedService, options: HealthOptions = {}): Promise<number[]> {
	const { fetch } = service.health(options);
	const paths = ["livez", "readyz", "startupz"];
	return Promise.all(paths.map(async (path) => (await fetch(new Request(`http://shop/${path}`))).status));
}

test("a service that is starting is alive, not ready and not started, however long it takes", async () => {
	const watched = new WatchedService();
	const started = watched.service.start(() => watched.clock.wait(3_600_000));
	assert.deepEqual(await ask(watched), [200, 503, 503]);
	await watched.clock.advance(3_600_000);
	await started;
	assert.deepEqual(await ask(watched), [200, 200, 200]);
});

for (const readyUntilClosing of [false, true]) {
	const ready = readyUntilClosing ? 200 : 503;
	test(`readiness is ${ready} from the stop reason on, and liveness is 200 until everything is closed (readyUntilClosing: ${readyUntilClosing})`, async () => {
		const watched = await runningService({ lameDuckMs: 100 });
		const { service, clock } = watched;
		service.task("outbox", () => clock.wait(500));
		service.defer("db", () => clock.wait(500));
		void service.stop();
		for (const [phase, expected] of [
			["lame-duck", [200, ready, 200]],
			["draining", [200, ready, 200]],
			["closing", [200, 503, 200]],
			["closed", [503, 503, 200]],
		] as const) {
			assert.equal(service.phase, phase);
			assert.deepEqual(await ask(watched, { readyUntilClosing }), expected, phase);
			await clock.advance(phase === "lame-duck" ? 100 : 450);
		}
	});
}

test("a service whose start-up was stopped or has failed was never started or ready", async () => {
	const watched = new WatchedService();
	watched.service.start(() => Promise.reject(new Error("no such queue"))).catch(() => {});
	watched.service.defer("db", hang);
	await watched.clock.advance(0);
	assert.equal(watched.service.phase, "closing");
	assert.deepEqual(await ask(watched, { readyUntilClosing: true }), [200, 503, 503]);
});

test("a failing check fails readiness by name, but not liveness and start-up", async () => {
	const watched = await runningService();
	const checks = { redis: () => Promise.reject(new Error("secret")), postgres: () => "pong" };
	assert.deepEqual(await ask(watched, { checks }), [200, 503, 200]);
	const response = await watched.service.health({ checks }).fetch(new Request("http://shop/readyz"));
	const body = (await response.json()) as { checks: Record<string, { status: string; durationMs: number }> };
	assert.deepEqual(
		{ ...body, checks: Object.entries(body.checks).map(([name, { status }]) => [name, status]) },
		{
			status: "failed",
			phase: "running",
			checks: [
				["redis", "failed"],
				["postgres", "ok"],
			],
		},
	);
	assert.ok(!JSON.stringify(body).includes("secret"), "the error is not in the response");
});

test("a failing check for liveness fails readiness and liveness", async () => {
	const watched = await runningService();
	const checks = { loop: { check: () => false, liveness: true } };
	assert.deepEqual(await ask(watched, { checks }), [503, 503, 200]);
});

test("a check that ends after the shutdown began doesn't make the service ready", async () => {
	const { service } = await runningService({ lameDuckMs: 100 });
	const { fetch } = service.health({ checks: { db: () => void service.stop() } });
	assert.equal((await fetch(new Request("http://shop/readyz"))).status, 503);
});

test("probes answer GET and HEAD with no-store, refuse other methods, and don't know other paths", async () => {
	const { service } = await runningService();
	const { fetch } = service.health();
	const asked = await Promise.all(
		["GET /readyz?verbose", "HEAD /readyz", "POST /readyz", "GET /", "GET /toString", "GET /readyz/"].map(
			async (line) => {
				const [method = "", path] = line.split(" ");
				const response = await fetch(new Request(`http://shop${path}`, { method }));
				assert.equal(response.headers.get("cache-control"), "no-store", line);
				assert.equal(response.headers.get("content-type"), "application/json", line);
				return [response.status, (await response.text()).length > 0, response.headers.get("allow")];
			},
		),
	);
	assert.deepEqual(asked, [
		[200, true, null],
		[200, false, null],
		[405, true, "GET, HEAD"],
		[404, true, null],
		[404, true, null],
		[404, true, null],
	]);
});

test("a check that begins to fail has one event, with its error, and another when it passes again", async () => {
	const { service, emitted } = await runningService();
	const errors: unknown[] = [undefined, "down", "still down", undefined, undefined, "down again"];
	const { fetch } = service.health({
		checks: {
			db: {
				cacheMs: 0,
				check() {
					const error = errors.shift();
					if (error !== undefined) throw error;
				},
			},
		},
	});
	while (errors.length > 0) await fetch(new Request("http://shop/readyz"));
	assert.deepEqual(emitted("check-failed"), [
		{ type: "check-failed", name: "db", error: "down" },
		{ type: "check-failed", name: "db", error: "down again" },
	]);
	assert.deepEqual(emitted("check-recovered"), [{ type: "check-recovered", name: "db" }]);
});

test("a wrong check and an unknown option throw at once", async () => {
	const { service } = await runningService();
	const health = service.health.bind(service) as (options: unknown) => unknown;
	const check = (): void => {};
	for (const [options, message] of [
		[{ check }, 'options: unknown option "check"; there are checks, readyUntilClosing'],
		[{ readyUntilClosing: 1 }, "readyUntilClosing: wanted true or false, got 1"],
		[{ checks: { db: { check: "ping" } } }, 'check "db": wanted a function, got "ping"'],
		[{ checks: { db: { check, timeout: 1 } } }, /^options: unknown option "timeout"; there are check, timeoutMs, /],
		[{ checks: { db: { check, cacheMs: "1 s" } } }, /^check "db": cacheMs: wanted a number of milliseconds from 0 to /],
	] as const) {
		assert.throws(() => health(options), { name: "TypeError", message });
	}
	for (const wrong of [{ cacheMs: -1 }, { timeoutMs: 0 }, { timeoutMs: 2 ** 31 }]) {
		assert.throws(() => health({ checks: { db: { check, ...wrong } } }), {
			name: "RangeError",
			message: /^check "db": /,
		});
	}
});
