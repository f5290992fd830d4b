import assert from "node:assert/strict";
import { test } from "node:test";
import type { InFlight, StopReason } from "lastcall";
import type { ServiceEvent } from "#src/core/events.js";
import type { Snapshot } from "#src/core/snapshot.js";
import { plainLines } from "#src/observe/plain-lines.js";
import { SIGINT, SIGTERM } from "../support/stop-reasons.ts";
import { CLEAN, DRAINING, NONE_IDLE, Shop } from "./observed.ts";

const ORDERS: InFlight = { name: "http", what: "GET /orders/7", ageMs: 1_234 };
const OUTBOX: InFlight = { name: "outbox", what: "task", ageMs: 40 };

function linesOf(event: ServiceEvent): string[] {
	const lines: string[] = [];
	plainLines("shop (pid 7)", (line) => lines.push(line))(event, new Shop());
	return lines;
}

test("the plain log has a line for a server that listens", () => {
	assert.deepEqual(linesOf({ type: "listening", name: "http", address: "http://127.0.0.1:8080" }), [
		"lastcall: http listens on http://127.0.0.1:8080",
	]);
});

test("the plain log has a line for a service that runs", () => {
	assert.deepEqual(linesOf({ type: "running" }), ["lastcall: shop (pid 7) is running"]);
});

test("the plain log has a line for the stop reason and the grace period", () => {
	assert.deepEqual(linesOf({ type: "stopping", reason: SIGTERM, gracePeriodMs: 10_000 }), [
		"lastcall: shop (pid 7) is shutting down: SIGTERM; grace period 10 s",
	]);
	assert.deepEqual(linesOf({ type: "stopping", reason: { kind: "call", why: "enough" }, gracePeriodMs: 500 }), [
		"lastcall: shop (pid 7) is shutting down: enough; grace period 500 ms",
	]);
});

test("the plain log has another line, with the error, for a stop reason that is a failure", () => {
	const reason: StopReason = { kind: "task-failed", name: "outbox", error: "no route to host" };
	assert.deepEqual(linesOf({ type: "stopping", reason, gracePeriodMs: 30_000 }), [
		'lastcall: shop (pid 7) is shutting down: task "outbox" failed; grace period 30 s',
		"lastcall: outbox failed: 'no route to host'",
	]);
});

test("the plain log has a line for the lame duck", () => {
	assert.deepEqual(linesOf({ type: "lame-duck", lameDuckMs: 5_000 }), [
		"lastcall: lame duck for 5.0 s: not ready, serving as before",
	]);
});

test("the plain log has a line for what is in flight when draining begins", () => {
	assert.deepEqual(linesOf({ type: "draining", inFlight: [], ...NONE_IDLE }), [
		"lastcall: draining, nothing in flight",
	]);
	assert.deepEqual(linesOf({ type: "draining", inFlight: [ORDERS, OUTBOX], ...NONE_IDLE }), [
		"lastcall: draining, 2 in flight: http GET /orders/7 (1.2 s), outbox task (40 ms)",
	]);
});

test("the plain log says that idle connections are waited for, and how long", () => {
	const idle = { idleConnections: 3, lingerMs: 900 };
	assert.deepEqual(linesOf({ type: "draining", inFlight: [], ...idle }), [
		"lastcall: draining, nothing in flight; waiting 900 ms for requests on 3 idle connections",
	]);
	assert.deepEqual(linesOf({ type: "draining", inFlight: [OUTBOX], idleConnections: 1, lingerMs: 1_200 }), [
		"lastcall: draining, 1 in flight: outbox task (40 ms); waiting 1.2 s for requests on 1 idle connection",
	]);
	assert.deepEqual(linesOf({ type: "draining", inFlight: [], ...idle, lingerMs: 0 }), [
		"lastcall: draining, nothing in flight",
	]);
	assert.deepEqual(linesOf({ type: "waiting", inFlight: [], idleConnections: 3, leftMs: 7_000 }), [
		"lastcall: 7.0 s left, nothing in flight; waiting for requests on 3 idle connections",
	]);
});

test("the plain log names the parent that has stopped the program, and an input that has failed", () => {
	const stopping = (reason: StopReason): string[] => linesOf({ type: "stopping", reason, gracePeriodMs: 10_000 });
	const line = (why: string): string[] => [`lastcall: shop (pid 7) is shutting down: ${why}; grace period 10 s`];
	assert.deepEqual(stopping({ kind: "parent" }), line("stopped by the parent"));
	assert.deepEqual(stopping({ kind: "parent", by: "PM2" }), line("stopped by PM2"));
	assert.deepEqual(stopping({ kind: "input-ended" }), line("end of standard input"));
	const error = Object.assign(new Error("read EIO"), { code: "EIO" });
	assert.deepEqual(stopping({ kind: "input-ended", error }), line("end of standard input (EIO)"));
});

test("the plain log has a line for a long start, with five of what is starting", () => {
	const starting = Array.from({ length: 6 }, (_, i) => ({ name: `part${i}`, what: "starting", ageMs: 10_000 }));
	assert.deepEqual(linesOf({ type: "still-starting", starting }), [
		"lastcall: still starting: part0/ (10 s), part1/ (10 s), part2/ (10 s), part3/ (10 s), part4/ (10 s) and 1 more; " +
			"move long-running work into service.task",
	]);
});

test("the plain log has a line for what is waited for", () => {
	assert.deepEqual(linesOf({ type: "waiting", inFlight: [ORDERS], idleConnections: 0, leftMs: 7_000 }), [
		"lastcall: 7.0 s left, 1 in flight: http GET /orders/7 (1.2 s)",
	]);
	assert.deepEqual(linesOf({ type: "waiting", inFlight: [], idleConnections: 0, leftMs: 7_000 }), [
		"lastcall: 7.0 s left, nothing in flight",
	]);
});

test("a line of the plain log names five of what is in flight, and counts the rest", () => {
	const inFlight = Array.from({ length: 8 }, (_, i) => ({ name: "http", what: `GET /${i}`, ageMs: 10 }));
	const five =
		"http GET /0 (10 ms), http GET /1 (10 ms), http GET /2 (10 ms), http GET /3 (10 ms), http GET /4 (10 ms)";
	assert.deepEqual(linesOf({ type: "draining", inFlight: inFlight.slice(0, 5), ...NONE_IDLE }), [
		`lastcall: draining, 5 in flight: ${five}`,
	]);
	assert.deepEqual(linesOf({ type: "draining", inFlight, ...NONE_IDLE }), [
		`lastcall: draining, 8 in flight: ${five} and 3 more`,
	]);
});

test("the plain log has a line for a hard stop: when, why, and what was left", () => {
	assert.deepEqual(linesOf({ type: "hard-stop", hardStop: { cause: "deadline", atMs: 8_000 }, left: [ORDERS] }), [
		"lastcall: hard stop after 8.0 s (out of time): left http GET /orders/7 (1.2 s)",
	]);
	assert.deepEqual(linesOf({ type: "hard-stop", hardStop: { cause: SIGINT, atMs: 950 }, left: [] }), [
		"lastcall: hard stop after 950 ms (SIGINT): nothing was in flight",
	]);
});

test("the plain log has a line for a repeated signal, with the time left and how to stop now", () => {
	assert.deepEqual(linesOf({ type: "signal-repeated", signal: "SIGTERM", leftMs: 24_000 }), [
		"lastcall: SIGTERM again: already shutting down, 24 s left; SIGINT (Ctrl+C) stops now",
	]);
});

test("the plain log has a line for closers that were left after a hard stop", () => {
	const left = [{ name: "db", what: "closing", ageMs: 2_000 }];
	assert.deepEqual(linesOf({ type: "left", left }), ["lastcall: out of time: left db closing (2.0 s)"]);
});

test("the plain log has a line for the resources to close", () => {
	assert.deepEqual(linesOf({ type: "closing", resources: 1 }), ["lastcall: closing 1 resource"]);
	assert.deepEqual(linesOf({ type: "closing", resources: 3 }), ["lastcall: closing 3 resources"]);
});

test("the plain log has a line for a failure, with its error", () => {
	assert.deepEqual(linesOf({ type: "failed", failure: { name: "db", error: "closed already" } }), [
		"lastcall: db failed: 'closed already'",
	]);
});

test("the plain log has an error with its stack and its cause", () => {
	const cause = Object.assign(new Error("ECONNRESET"), { stack: "Error: ECONNRESET\n    at socket.js:1" });
	const error = Object.assign(new Error("boom", { cause }), { stack: "Error: boom\n    at pool.js:2" });
	const text = linesOf({ type: "failed", failure: { name: "db", error } }).join("\n");
	assert.match(text, /at pool\.js:2/);
	assert.match(text, /\[cause\]: Error: ECONNRESET/);
});

test("each line of an error in the plain log begins with the prefix", () => {
	const error = Object.assign(new Error("boom"), { stack: "Error: boom\n    at pool.js:2" });
	assert.deepEqual(linesOf({ type: "failed", failure: { name: "db", error } }), [
		"lastcall: db failed: Error: boom",
		"lastcall:     at pool.js:2",
	]);
	assert.deepEqual(linesOf({ type: "stopping", reason: { kind: "uncaught", error }, gracePeriodMs: 1_000 }), [
		"lastcall: shop (pid 7) is shutting down: uncaught error; grace period 1.0 s",
		"lastcall: uncaught failed: Error: boom",
		"lastcall:     at pool.js:2",
	]);
});

test("the plain log has the message of an error that was changed after its stack was made", () => {
	const error = Object.assign(new Error("boom"), { stack: "Error: boom\n    at pool.js:2" });
	error.message = '"db": boom';
	assert.deepEqual(linesOf({ type: "failed", failure: { name: "main", error } }), [
		'lastcall: main failed: "db": boom',
		"lastcall:     Error: boom",
		"lastcall:     at pool.js:2",
	]);
});

test("the plain log has a last line: how long the shutdown took, how it went, and the exit code", () => {
	assert.deepEqual(linesOf({ type: "closed", report: CLEAN }), [
		"lastcall: closed after 350 ms, everything finished, exit code 0",
	]);
	const failure = { name: "db", error: "boom" };
	assert.deepEqual(linesOf({ type: "closed", report: { ...CLEAN, left: [ORDERS, OUTBOX], exitCode: 1 } }), [
		"lastcall: closed after 350 ms, 2 left, exit code 1",
	]);
	assert.deepEqual(linesOf({ type: "closed", report: { ...CLEAN, errors: [failure], exitCode: 1 } }), [
		"lastcall: closed after 350 ms, 1 failed, exit code 1",
	]);
	assert.deepEqual(
		linesOf({ type: "closed", report: { ...CLEAN, left: [ORDERS], errors: [failure, failure], exitCode: 130 } }),
		["lastcall: closed after 350 ms, 1 left, 2 failed, exit code 130"],
	);
});

test("the plain log has a line for what keeps the process alive after the end", () => {
	assert.deepEqual(linesOf({ type: "open-handles", openHandles: "2 × Timeout, TCPSocketWrap" }), [
		"lastcall: open handles keep the process running: 2 × Timeout, TCPSocketWrap; exiting",
	]);
});

test("the plain log has a line for threads that would keep the process, and how it ends all the same", () => {
	const stuck = { type: "stuck-threads", threads: "FSReqCallback, worker thread 2", exitCode: 0 } as const;
	const line = "lastcall: stuck threads would block process.exit(): FSReqCallback, worker thread 2; ending the process";
	assert.deepEqual(linesOf({ ...stuck, by: "execve" }), [`${line} with exit code 0`]);
	assert.deepEqual(linesOf({ ...stuck, by: "SIGKILL" }), [`${line} by SIGKILL, not with exit code 0`]);
	assert.deepEqual(linesOf({ ...stuck, by: "SIGABRT" }), [`${line} by SIGABRT, not with exit code 0`]);
});

test("the snapshot in the plain log has each piece of work in flight on a line of its own", () => {
	assert.deepEqual(linesOf({ type: "snapshot", snapshot: DRAINING, openHandles: "2 × Timeout" }), [
		"lastcall: shop (pid 7) is draining, not ready, 7.2 s left, 2 in flight",
		"lastcall:   http GET /orders/7 (12 s)",
		"lastcall:   outbox task (40 ms)",
		"lastcall: open handles: 2 × Timeout",
	]);
	const running: Snapshot = { ...DRAINING, phase: "running", ready: true, leftMs: undefined, inFlight: [] };
	assert.deepEqual(linesOf({ type: "snapshot", snapshot: running, openHandles: "Timeout" }), [
		"lastcall: shop (pid 7) is running, ready, 0 in flight",
		"lastcall: open handles: Timeout",
	]);
});

test("the plain log has lines for each server and each resource only in its verbose form", () => {
	const result = { name: "db", outcome: "closed", durationMs: 12 } as const;
	for (const event of [
		{ type: "drained", name: "http", durationMs: 300 },
		{ type: "resource-closing", id: 1, name: "db" },
		{ type: "resource-closed", id: 1, result },
	] as const) {
		assert.deepEqual(linesOf(event), []);
	}
});

test("durations in the plain log are in milliseconds, then tenths of a second, then seconds", () => {
	for (const [ms, text] of [
		[0, "0 ms"],
		[0.4, "0 ms"],
		[999, "999 ms"],
		[1_000, "1.0 s"],
		[1_250, "1.3 s"],
		[9_900, "9.9 s"],
		[10_000, "10 s"],
		[73_400, "73 s"],
	] as const) {
		assert.deepEqual(linesOf({ type: "closed", report: { ...CLEAN, durationMs: ms } }), [
			`lastcall: closed after ${text}, everything finished, exit code 0`,
		]);
	}
});

test("the plain log has the reason of what was ended early, and does not call it finished", () => {
	const stream = { name: "http", what: "GET /events", ageMs: 9_000, why: "client-reconnects" } as const;
	const incomplete = { name: "http", what: "POST /chat", ageMs: 8_000, why: "out-of-time" } as const;
	const report = { ...CLEAN, durationMs: 1_200, endedEarly: [stream, { ...stream, ageMs: 8_500 }, incomplete] };
	assert.deepEqual(linesOf({ type: "closed", report }), [
		"lastcall: ended early: 2 × event stream ended, its client reconnects: http GET /events (9.0 s), http GET /events (8.5 s)",
		"lastcall: ended early: 1 × response ended incomplete, out of time: http POST /chat (8.0 s)",
		"lastcall: closed after 1.2 s, 3 ended early, exit code 0",
	]);
});
