import assert from "node:assert/strict";
import { test } from "node:test";
import { Deferred, hang } from "../support/deferred.ts";
import { SIGINT, SIGTERM } from "../support/stop-reasons.ts";
import { runningService } from "../support/watched-service.ts";

const SIGHUP = { ...SIGTERM, signal: "SIGHUP", number: 1 };
const SIGBREAK = { ...SIGINT, signal: "SIGBREAK", number: 21 };

for (const first of ["a signal", "a call", "a failure"] as const) {
	test(`after ${first}, a SIGINT or SIGBREAK is a hard stop from 500 ms on, and nothing before`, async () => {
		for (const reason of [SIGINT, SIGBREAK]) {
			const { service, clock, state, emitted } = await runningService();
			service.task("outbox", hang);
			if (first === "a signal") state.handleSignal(SIGTERM);
			else if (first === "a call") void service.stop();
			else service.task("failing", () => Promise.reject(new Error("boom")));
			await clock.advance(499);
			assert.equal(state.handleSignal(reason), "same");
			await clock.advance(0);
			assert.equal(service.phase, "draining");
			await clock.advance(1);
			assert.equal(state.handleSignal(reason), "hard-stop");
			await clock.advance(0);
			const report = await service.closed;
			assert.deepEqual(report.hardStop, { cause: reason, atMs: 500 });
			assert.equal(report.exitCode, 128 + reason.number);
			assert.deepEqual(emitted("signal-repeated"), []);
		}
	});

	test(`after ${first}, a SIGTERM or SIGHUP shortens nothing, however often it comes: each has an event with the time left`, async () => {
		const { service, clock, state, emitted } = await runningService({ gracePeriodMs: 10_000 });
		const work = new Deferred();
		service.task("outbox", () => work.promise);
		if (first === "a signal") state.handleSignal(SIGTERM);
		else if (first === "a call") void service.stop();
		else service.task("failing", () => Promise.reject(new Error("boom")));
		await clock.advance(499);
		for (const reason of [SIGTERM, SIGHUP]) assert.equal(state.handleSignal(reason), "same");
		assert.deepEqual(emitted("signal-repeated"), []);
		await clock.advance(1);
		for (const reason of [SIGTERM, SIGHUP, SIGTERM]) {
			assert.equal(state.handleSignal(reason), "repeated");
			await clock.advance(1_000);
		}
		assert.deepEqual(emitted("signal-repeated"), [
			{ type: "signal-repeated", signal: "SIGTERM", leftMs: 9_500 },
			{ type: "signal-repeated", signal: "SIGHUP", leftMs: 8_500 },
			{ type: "signal-repeated", signal: "SIGTERM", leftMs: 7_500 },
		]);
		assert.equal(service.phase, "draining");
		work.resolve();
		await clock.advance(0);
		const report = await service.closed;
		assert.equal(report.hardStop, undefined);
		assert.deepEqual(report.left, []);
		assert.equal(report.exitCode, first === "a failure" ? 1 : 0);
	});
}

test("a signal has no event after everything is closed", async () => {
	const { service, clock, state, types } = await runningService();
	state.handleSignal(SIGTERM);
	await clock.advance(600);
	assert.equal(service.phase, "closed");
	const before = types();
	assert.equal(state.handleSignal(SIGTERM), "repeated");
	assert.equal(state.handleSignal(SIGINT), "hard-stop");
	await clock.advance(600);
	assert.deepEqual(types(), before);
	assert.equal((await service.closed).exitCode, 0);
});
