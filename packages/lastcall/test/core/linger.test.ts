import assert from "node:assert/strict";
import { test } from "node:test";
import type { ServiceOptions, StopReason } from "lastcall";
import { hang } from "../support/deferred.ts";
import { CTRL_C, SIGINT, SIGTERM } from "../support/stop-reasons.ts";
import { runningService } from "../support/watched-service.ts";

interface LingerCase {
	readonly options?: ServiceOptions;
	readonly reason?: StopReason;
	/** Which of the two servers has a request in flight. */
	readonly busy?: "http" | "admin";
	readonly task?: boolean;
}

/** The linger that both servers get. */
async function lingerOf({
	options = {},
	reason = SIGTERM,
	busy,
	task = false,
}: LingerCase): Promise<number | undefined> {
	const { service, state, serve } = await runningService(options);
	const servers = [serve("http"), serve("admin")];
	for (const server of servers) if (server.name === busy) server.accept("GET /");
	if (task) service.task("outbox", hang);
	void state.stop(reason);
	const [one, other] = servers.map(({ drains }) => drains[0]?.lingerMs);
	assert.equal(one, other);
	return one;
}

test("idle connections linger for a tenth of the grace period, at most 5 s", async () => {
	assert.equal(await lingerOf({}), 1_000);
	assert.equal(await lingerOf({ options: { gracePeriodMs: 30_000 } }), 3_000);
	assert.equal(await lingerOf({ options: { gracePeriodMs: 50_000 } }), 5_000);
	assert.equal(await lingerOf({ options: { gracePeriodMs: 600_000 } }), 5_000);
	assert.equal(await lingerOf({ reason: SIGINT }), 1_000);
	assert.equal(await lingerOf({ reason: { kind: "call", why: "enough" } }), 1_000);
});

test("after a Ctrl+C idle connections linger for 100 ms at most, whatever is in flight and set", async () => {
	assert.equal(await lingerOf({ reason: CTRL_C }), 100);
	assert.equal(await lingerOf({ reason: CTRL_C, task: true }), 100);
	assert.equal(await lingerOf({ reason: CTRL_C, busy: "http" }), 100);
	assert.equal(await lingerOf({ reason: CTRL_C, busy: "admin" }), 100);
	assert.equal(await lingerOf({ options: { lingerMs: 70, spreadMs: 700 }, reason: CTRL_C }), 70);
	assert.equal(await lingerOf({ options: { lingerMs: 0 }, reason: CTRL_C }), 0);
	assert.equal(await lingerOf({ options: { gracePeriodMs: 500 }, reason: CTRL_C }), 50);
});

test("a request in flight is finished after a Ctrl+C, without a lame duck before", async () => {
	const { service, clock, state, serve, types } = await runningService({ lameDuckMs: 5_000 });
	const http = serve("http");
	http.accept("GET /");
	void state.stop(CTRL_C);
	await clock.advance(3_000);
	assert.equal(service.phase, "draining");
	http.finish();
	await clock.advance(0);
	const { ok, durationMs } = await service.closed;
	assert.deepEqual([ok, durationMs], [true, 3_000]);
	assert.ok(!types().includes("lame-duck"));
});

test("lingerMs applies at a SIGTERM, a SIGINT from elsewhere, and a call", async () => {
	for (const reason of [SIGTERM, SIGINT, { kind: "call", why: "enough" }] as const) {
		assert.equal(await lingerOf({ options: { lingerMs: 70 }, reason }), 70);
	}
	assert.equal(await lingerOf({ options: { lingerMs: 0 }, busy: "http" }), 0);
});
