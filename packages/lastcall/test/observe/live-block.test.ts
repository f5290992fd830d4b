import assert from "node:assert/strict";
import { test } from "node:test";
import { renderBlock } from "#src/observe/live-block.js";
import { CTRL_C, SIGINT, SIGTERM } from "../support/stop-reasons.ts";
import { DRAINING } from "./observed.ts";

const WIDE = { columns: 80, rows: 24 };

test("the live block has the phase, the time left and the way out, then what is in flight, with the ages in one column", () => {
	assert.deepEqual(renderBlock(DRAINING, WIDE), [
		"draining, 7.2 s left, 2 in flight, Ctrl+C to stop now",
		"  http GET /orders/7   12 s",
		"  outbox task         40 ms",
	]);
});

test("the live block says that nothing is in flight", () => {
	assert.deepEqual(renderBlock({ ...DRAINING, phase: "lame-duck", inFlight: [] }, WIDE), [
		"lame duck, 7.2 s left, 0 in flight, Ctrl+C to stop now",
	]);
});

test(`the live block says that Ctrl+C stops now, and "again" only after a SIGINT`, () => {
	for (const reason of [{ kind: "call", why: "enough" } as const, SIGTERM]) {
		const [title] = renderBlock({ ...DRAINING, reason }, WIDE);
		assert.equal(title, "draining, 7.2 s left, 2 in flight, Ctrl+C to stop now");
	}
	for (const reason of [SIGINT, CTRL_C]) {
		const [title] = renderBlock({ ...DRAINING, reason }, WIDE);
		assert.equal(title, "draining, 7.2 s left, 2 in flight, Ctrl+C again to stop now");
	}
});

test("the live block names eight of what is in flight, fewer on a low terminal, and counts the rest", () => {
	const inFlight = Array.from({ length: 12 }, (_, i) => ({ name: "http", what: `GET /${i}`, ageMs: 1_000 }));
	const [, ...named] = renderBlock({ ...DRAINING, inFlight }, WIDE);
	assert.deepEqual([named.length, named[7], named[8]], [9, "  http GET /7  1.0 s", "  and 4 more"]);
	assert.deepEqual(renderBlock({ ...DRAINING, inFlight }, { columns: 80, rows: 3 }).slice(1), [
		"  http GET /0  1.0 s",
		"  and 11 more",
	]);
});

test("no line of the live block is as wide as the terminal, however narrow that is; ages are cut last", () => {
	const inFlight = [
		{ name: "http", what: `GET /${"long/".repeat(40)}`, ageMs: 12_340 },
		{ name: "outbox", what: "配達待ち".repeat(20), ageMs: 40 },
	];
	for (let columns = 1; columns <= 120; columns++) {
		for (const [i, line] of renderBlock({ ...DRAINING, inFlight }, { columns, rows: 24 }).entries()) {
			const width = [...line].reduce((sum, character) => sum + (/[⺀-鿿]/u.test(character) ? 2 : 1), 0);
			assert.ok(width < Math.max(2, columns), `${columns}: ${line}`);
			if (columns > 12 && i > 0) assert.match(line, / (12 s|40 ms)$/);
		}
	}
	assert.deepEqual(renderBlock({ ...DRAINING, inFlight }, { columns: 30, rows: 24 }), [
		"draining, 7.2 s left",
		"  http GET /long/long…   12 s",
		"  outbox 配達待ち配達…  40 ms",
	]);
});

test("a control character in a name can't move the cursor out of the live block", () => {
	const inFlight = [{ name: "http", what: "GET /\x1b[2J\x9b1A\n", ageMs: 1 }];
	assert.equal(renderBlock({ ...DRAINING, inFlight }, WIDE)[1], "  http GET /\\x1b[2J\\x9b1A\\n  1 ms");
});
