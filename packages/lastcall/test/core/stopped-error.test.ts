import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { StoppedError } from "lastcall";
import { describeReason } from "#src/core/stop-reason.js";
import { isStopped } from "#src/core/stopped-error.js";
import { SIGTERM } from "../support/stop-reasons.ts";

test("a StoppedError has a stable code, the stop reason, and a message that names it", () => {
	const error = new StoppedError(SIGTERM);
	assert.ok(error instanceof Error);
	assert.equal(error.name, "StoppedError");
	assert.equal(error.code, "ERR_LASTCALL_STOPPED");
	assert.equal(error.stopReason, SIGTERM);
	assert.equal(error.message, "the service is stopping: SIGTERM");
	assert.equal(new StoppedError(SIGTERM, "out of time").message, "out of time: SIGTERM");
});

test("every stop reason has a short description", () => {
	const error = new Error("boom");
	assert.equal(describeReason(SIGTERM), "SIGTERM");
	assert.equal(describeReason({ kind: "abort", reason: new Error("tired") }), "aborted by the caller (tired)");
	assert.equal(describeReason({ kind: "abort", reason: AbortSignal.abort().reason }), "aborted by the caller");
	assert.equal(describeReason({ kind: "abort", reason: "tired" }), "aborted by the caller");
	assert.equal(describeReason({ kind: "call", why: "enough" }), "enough");
	assert.equal(describeReason({ kind: "finished" }), "nothing left to do");
	assert.equal(describeReason({ kind: "main-failed", error }), "main failed");
	assert.equal(describeReason({ kind: "server-failed", name: "http", error }), 'server "http" failed');
	assert.equal(describeReason({ kind: "task-failed", name: "outbox", error }), 'task "outbox" failed');
	assert.equal(describeReason({ kind: "uncaught", error }), "uncaught error");
});

test("errors of another copy of lastcall, or of another realm, count as well", () => {
	const stopped = Object.assign(new Error("the service is stopping"), { code: "ERR_LASTCALL_STOPPED" });
	const abort: unknown = runInNewContext('Object.assign(new Error("aborted"), { name: "AbortError" })');
	const wrapped: unknown = runInNewContext("(cause) => new Error('', { cause })")(stopped);
	for (const error of [stopped, abort, wrapped]) assert.equal(isStopped(error), true);
	assert.equal(isStopped(runInNewContext('new Error("boom")')), false);
	assert.equal(isStopped({ name: "AbortError" }), false);
	const reason: unknown = runInNewContext('new Error("tired")');
	assert.equal(describeReason({ kind: "abort", reason }), "aborted by the caller (tired)");
});

test("an error counts as caused by the stop if it, or one of its causes, is an abort", () => {
	const stopped = new StoppedError(SIGTERM);
	const abort = new DOMException("This operation was aborted", "AbortError");
	for (const error of [stopped, abort, new Error("", { cause: stopped }), new Error("", { cause: abort })]) {
		assert.equal(isStopped(error), true);
	}
	for (const error of [new Error("boom"), new DOMException("", "TimeoutError"), "AbortError", undefined, null]) {
		assert.equal(isStopped(error), false);
	}
});
