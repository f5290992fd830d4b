import assert from "node:assert/strict";
import { test } from "node:test";
import { createService } from "lastcall";
import type { ServiceEvent } from "#src/core/events.js";
import { type Logger, toLogger } from "#src/observe/logger.js";
import { SIGTERM } from "../support/stop-reasons.ts";
import { CLEAN, Shop } from "./observed.ts";

/** Methods on a prototype, as those of most loggers are. */
class Recorder implements Logger {
	readonly messages: string[] = [];
	debug(message: string): void {
		this.messages.push(`debug ${message}`);
	}
	info(message: string): void {
		this.messages.push(`info ${message}`);
	}
	warn(message: string): void {
		this.messages.push(`warn ${message}`);
	}
	error(message: string): void {
		this.messages.push(`error ${message}`);
	}
}

const EVENTS: ServiceEvent[] = [
	{ type: "stopping", reason: SIGTERM, gracePeriodMs: 10_000 },
	{ type: "drained", name: "http", durationMs: 40 },
	{ type: "left", left: [{ name: "db", what: "closing", ageMs: 1_000 }] },
	{
		type: "failed",
		failure: { name: "db", error: Object.assign(new Error("boom"), { stack: "Error: boom\n    at db" }) },
	},
	{ type: "closed", report: { ...CLEAN, ok: false, exitCode: 1 } },
];

test("a logger gets one message for each event, at its level", () => {
	const logger = new Recorder();
	const observer = toLogger("shop (pid 7)", logger, (call) => call());
	for (const event of EVENTS) observer(event, new Shop());
	assert.deepEqual(logger.messages, [
		"info lastcall: shop (pid 7) is shutting down: SIGTERM; grace period 10 s",
		"debug lastcall: http drained after 40 ms",
		"warn lastcall: out of time: left db closing (1.0 s)",
		"error lastcall: db failed: Error: boom\n    at db",
		"error lastcall: closed after 350 ms, everything finished, exit code 1",
	]);
});

test("a logger without debug() gets no debug events", () => {
	const messages: string[] = [];
	const add = (message: string): void => void messages.push(message);
	const observer = toLogger("shop", { info: add, warn: add, error: add }, (call) => call());
	for (const event of EVENTS) observer(event, new Shop());
	assert.equal(messages.length, EVENTS.length - 1);
});

test("a service takes a logger as its log", async () => {
	const log = new Recorder();
	const service = createService({ name: "shop", log });
	await service.start();
	await service.stop("enough");
	assert.equal(log.messages[0], `info lastcall: shop (pid ${process.pid}) is running`);
	assert.match(log.messages.at(-1) ?? "", /^info lastcall: closed after /);
});

test("a log that is neither a function nor a logger is a TypeError", () => {
	for (const log of ["pretty", {}, { info() {}, warn() {} }, 7, true, null] as unknown[]) {
		assert.throws(() => createService({ log: log as Logger }), {
			name: "TypeError",
			message: /^log: wanted "plain", "json", a function, a logger \(info, warn, error\) or false, got /,
		});
	}
});
