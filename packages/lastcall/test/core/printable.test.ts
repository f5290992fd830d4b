import assert from "node:assert/strict";
import { test } from "node:test";
import { cut, printable } from "#src/core/printable.js";

test("printable text is left as it is", () => {
	for (const text of [
		"",
		"GET /orders/7?a=b#c",
		"配達待ち 😀 é\u0301",
		"C:\\new\\table",
		"नि\u200dष् می\u200cخواهم",
		"at file:///app/node_modules/@scope/lib@1.2/x.js",
		'{"url":"https://host","mail":"a@b"} ://@ a@b',
	]) {
		assert.equal(printable(text), text);
	}
});

test("characters that move the cursor, end the line or reverse the text are escaped", () => {
	for (const [text, shown] of [
		["a\nb\r\tc", "a\\nb\\r\\tc"],
		["\x1b[2J\x07\x7f\x9b\0", "\\x1b[2J\\x07\\x7f\\x9b\\x00"],
		["\u2028\u2029\u0085", "\\u2028\\u2029\\x85"],
		["\u202e\u2066\u200f\ufeff\u00ad", "\\u202e\\u2066\\u200f\\ufeff\\xad"],
		["\ud800x\udc00", "\\ud800x\\udc00"],
		["\u{e0001}", "\\u{e0001}"],
	] as const) {
		assert.equal(printable(text), shown);
	}
});

test("the user and the password of a URL are hidden in printed text", () => {
	for (const [text, shown] of [
		["connect postgres://shop:secret@db:5432/shop failed", "connect postgres://***@db:5432/shop failed"],
		["redis://:sec@ret@cache, https://token@host/a@b", "redis://***@cache, https://***@host/a@b"],
	] as const) {
		assert.equal(printable(text), shown);
	}
	const long = `https://${"x".repeat(50)}:secret@host/`;
	assert.equal(printable(long, 20), "https://***@host/");
});

test("text that is too long is cut, not within a character of two code units", () => {
	assert.equal(printable("x".repeat(5_000)), `${"x".repeat(3_999)}…`);
	assert.equal(printable("abcdef", 6), "abcdef");
	assert.equal(printable("abcdefg", 6), "abcde…");
	assert.equal(cut("abcd😀x", 6), "abcd…");
	assert.equal(printable("\n".repeat(100), 7), "\\n\\n\\n…");
	assert.ok(printable("x".repeat(1e7)).length <= 4_000);
});
