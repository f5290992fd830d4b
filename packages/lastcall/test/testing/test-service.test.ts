import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { assertFinished, startService, TestService } from "lastcall/testing";
import { ask } from "../support/ask.ts";
import { hang } from "../support/deferred.ts";

test("a test service drains a real server on a clock that stands still", async () => {
	let finish = (): void => {};
	const server = createServer((_request, response) => {
		finish = () => response.end("whole");
		shop.sendSignal("SIGTERM");
	});
	const shop = await startService((service) => service.listen("http", server, { port: 0, host: "127.0.0.1" }), {
		lingerMs: 0,
	});
	shop.service.drainSignal.addEventListener("abort", () => finish());
	assert.equal(await ask((server.address() as AddressInfo).port, "/"), "200 whole");
	const report = await shop.closed;
	assertFinished(report);
	assert.equal(report.durationMs, 0);
	assert.equal(shop.events.at(-1)?.type, "closed");
});

test("a test service takes a SIGINT after the stop reason for a hard stop, and reports what was left", async () => {
	const shop = await startService((service) => service.task("outbox", hang), { name: "shop" });
	shop.sendSignal("SIGTERM");
	shop.sendSignal("SIGINT");
	await shop.clock.advance(600);
	shop.sendSignal("SIGTERM");
	shop.sendSignal("SIGINT");
	await shop.clock.advance(0);
	const report = await shop.closed;
	assert.equal(report.exitCode, 130);
	assert.throws(() => assertFinished(report), {
		name: "AssertionError",
		message: "closed after 600 ms, 1 left, exit code 130\nout of time: left outbox task (600 ms)",
	});
	assert.deepEqual(shop.log, [
		"lastcall: shop is running",
		"lastcall: shop is shutting down: SIGTERM; grace period 9.0 s",
		"lastcall: draining, 1 in flight: outbox task (0 ms)",
		"lastcall: SIGTERM again: already shutting down, 8.4 s left; SIGINT (Ctrl+C) stops now",
		"lastcall: hard stop after 600 ms (SIGINT): left outbox task (600 ms)",
		"lastcall: closed after 600 ms, 1 left, exit code 130",
	]);
});

test("a test service runs repeated work on its clock, and reports a unit of a group that never ends by name", async () => {
	let runs = 0;
	const shop = await startService((service) =>
		service.group("orders", (orders) => {
			orders.every("sweep", 60_000, () => void runs++);
			orders.enter("message", "17");
		}),
	);
	await shop.clock.advance(3_600_000);
	assert.equal(runs, 60);
	shop.sendSignal("SIGTERM");
	await shop.clock.advance(9_000);
	const report = await shop.closed;
	assert.throws(() => assertFinished(report), { message: /^out of time: left orders\/message 17 \(3609 s\)$/m });
	assert.equal(shop.clock.timers, 0);
});

test("the test service's assertion has what ran out of time, and allows what else was ended early", async () => {
	const shop = await startService(() => {});
	shop.sendSignal("SIGTERM");
	const report = await shop.closed;
	const one = { name: "web", what: "POST /chat", ageMs: 4_100 };
	assertFinished({ ...report, endedEarly: [{ ...one, why: "client-gone" }] });
	const outOfTime = { ...one, why: "out-of-time" as const };
	assert.throws(() => assertFinished({ ...report, ok: false, exitCode: 1, endedEarly: [outOfTime] }), {
		message:
			"ended early: 1 × response ended incomplete, out of time: web POST /chat (4.1 s)\n" +
			"closed after 0 ms, 1 ended early, exit code 1",
		actual: { left: [], outOfTime: [outOfTime], errors: [] },
	});
});

test("the test service's assertion has what failed, with its error", async () => {
	const shop = await startService((service) => service.defer("db", () => Promise.reject("gone")));
	shop.sendSignal("SIGTERM");
	await shop.clock.advance(0);
	const report = await shop.closed;
	assert.throws(() => assertFinished(report), {
		message: /^closed after 0 ms, 1 failed, exit code 1\ndb failed: 'gone'$/,
	});
});

test("a main that fails makes start() of the test service reject", async () => {
	const error = new Error("no such queue");
	await assert.rejects(
		startService(() => Promise.reject(error)),
		(thrown) => thrown === error,
	);
});

test("a test service refuses what is not a stop signal, and does not listen for real ones", async () => {
	const before = process.listenerCount("SIGTERM");
	const shop = new TestService();
	assert.equal(process.listenerCount("SIGTERM"), before);
	assert.throws(() => shop.sendSignal("TERM" as NodeJS.Signals), {
		name: "TypeError",
		message: 'signal: wanted the name of a signal, got "TERM"',
	});
});
