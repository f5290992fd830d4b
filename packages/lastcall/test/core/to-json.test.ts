import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { toJson } from "#src/core/to-json.js";

const parsed = (value: unknown): unknown => JSON.parse(toJson(value));

test("values that JSON can hold are written as by JSON.stringify", () => {
	for (const value of [
		null,
		7,
		true,
		"text",
		[],
		{},
		[1, [2, { a: "b" }], null, undefined],
		{ a: undefined, b: () => {}, c: Number.NaN, d: { e: [{ f: "\n" }] } },
		{ at: new Date(0), url: new URL("http://host/") },
		{ __proto__: null, own: 1 },
	]) {
		assert.equal(toJson(value), JSON.stringify(value));
	}
	assert.equal(toJson(undefined), "null");
});

test("a value that holds one object twice is written as JSON; a circular one has a mark", () => {
	const shared = { a: 1 };
	assert.deepEqual(parsed([shared, shared]), [shared, shared]);
	const self: Record<string, unknown> = { a: 1 };
	self.self = self;
	self.list = [self];
	assert.deepEqual(parsed(self), { a: 1, self: "[circular]", list: ["[circular]"] });
});

test("an error is written as a JSON object: its name, message and stack first, then its own properties", () => {
	const error = Object.assign(new TypeError("no", { cause: 7 }), {
		stack: "TypeError: no\n    at x.js:1",
		code: "E_NO",
	});
	assert.equal(
		toJson(error),
		JSON.stringify({ name: "TypeError", message: "no", stack: error.stack, cause: 7, code: "E_NO" }),
	);
	const { message } = parsed(runInNewContext("new Error('of another realm')")) as { message: string };
	assert.equal(message, "of another realm");
	const { errors } = parsed(new AggregateError([new Error("one")])) as { errors: { message: string }[] };
	assert.equal(errors[0]?.message, "one");
});

test("the first hundred of a long list are written as JSON, and the others are counted", () => {
	const list = Array.from({ length: 250 }, (_, i) => i);
	assert.deepEqual(parsed({ list, next: 1 }), { list: list.slice(0, 100), listOmitted: 150, next: 1 });
	assert.deepEqual(parsed({ list: list.slice(0, 100) }), { list: list.slice(0, 100) });
	const many = Object.fromEntries(list.map((i) => [`k${i}`, i]));
	assert.equal((parsed(many) as Record<string, unknown>)["…"], "150 more");
});

test("the JSON of a value has a bound, and what is left out is counted", () => {
	const wide = Array.from({ length: 100 }, () => ({ text: "x".repeat(10_000) }));
	const text = toJson({ wide });
	assert.ok(text.length < 70_000, String(text.length));
	const { wide: some, wideOmitted } = JSON.parse(text) as { wide: unknown[]; wideOmitted: number };
	assert.equal(some.length + wideOmitted, 100);
	let deep: unknown = "bottom";
	for (let i = 0; i < 10_000; i++) deep = [deep, deep];
	assert.ok(toJson(deep).length < 140_000);
	assert.equal(parsed(Buffer.alloc(1e6)), "[1000000 bytes]");
});
