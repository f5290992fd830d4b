import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EventStreamCheck, type WholeStream } from "#src/wire/event-stream-check.js";

/** Checks a body that arrives in pieces of `size` bytes. */
function checked(
	body: string | Buffer,
	{ size = 1, ...whole }: WholeStream & { size?: number } = {},
): EventStreamCheck {
	const check = new EventStreamCheck(whole);
	check.began("text/event-stream; charset=utf-8");
	const bytes = Buffer.from(body);
	for (let at = 0; at < bytes.length; at += size) check.received(bytes.subarray(at, at + size));
	return check;
}

describe("the check of an event stream", () => {
	for (const size of [1, 2, 3, 1_000]) {
		it(`reads names and data, in pieces of ${size}`, () => {
			assert.deepEqual(checked("event: stop\ndata: ü✓\n\n", { size }).endMarks, ["stop", "ü✓"]);
			assert.deepEqual(checked("data: a\r\ndata:b\r\ndata\r\n\r\n", { size }).endMarks, ["a\nb\n"]);
			assert.deepEqual(checked("data: a\r\rdata: [DONE]\r\r", { size }).endMarks, ["[DONE]"]);
			assert.deepEqual(checked("\ufeffdata: a: b\n\n", { size }).endMarks, ["a: b"]);
			assert.equal(checked("data: 1\r\n\r\ndata: 2\r\n\r\n", { size, events: 3 }).whole(), "few-events");
			assert.equal(checked("data: 1\r\n\r\ndata: 2\r\n\r\n", { size, events: 2 }).whole(), undefined);
		});
	}

	it("leaves out of the marks what the event before had too", () => {
		assert.deepEqual(checked("event: m\ndata: 1\n\nevent: m\ndata: 2\n\n").endMarks, ["2"]);
	});

	it("counts no event without data, and forgets its name", () => {
		const check = checked("event: a\n\ndata: 1\n\n", { events: 2 });
		assert.deepEqual(check.endMarks, ["1"]);
		assert.equal(check.whole(), "few-events");
	});

	it("reads the last retry, and only digits", () => {
		assert.equal(checked("retry: 5\n\nretry:70\n").retryMs, 70);
		assert.equal(checked("retry: 5s\nretry: -1\nretry\n").retryMs, undefined);
	});

	for (const [body, expected] of [
		["", undefined],
		["data: 1\n\n", undefined],
		["data: 1\n\n: a comment\nretry: 9\n", undefined],
		["data: 1\n\nid: 2\n", "mid-event"],
		["data: 1\n", "mid-event"],
		["data: 1\n\n: half a comment", "mid-event"],
		["data: 1\n\n\xe2", "mid-event"],
	] as const) {
		it(`${JSON.stringify(body)}: ${expected ?? "whole"}`, () => {
			assert.equal(checked(Buffer.from(body, "latin1")).whole(), expected);
		});
	}

	it("finds nothing in a body of another type", () => {
		const check = new EventStreamCheck({ events: 1 });
		check.began("text/plain");
		check.received(Buffer.from("data: 1"));
		assert.equal(check.whole(), "few-events");
		assert.equal(new EventStreamCheck().whole(), undefined);
	});
});
