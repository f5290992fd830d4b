import assert from "node:assert/strict";
import { test } from "node:test";
import { ClosingWindow } from "#src/servers/listening/closing-window.js";
import { LOOK_EVERY_MS, pauseUntil, visitDue } from "#src/servers/listening/visit-due.js";

test("only what is due is visited, and the next visit is due when the earliest is", async () => {
	const items = [5, 10, 20, 30].map((dueAt) => ({ dueAt }));
	const visited: number[] = [];
	const visit = (item: { dueAt: number }): void => {
		visited.push(item.dueAt);
		item.dueAt += 100;
	};
	assert.equal(await visitDue(items, visit, 10), 20);
	assert.deepEqual(visited, [5, 10]);
	assert.equal(await visitDue(items, visit, 19), 20);
	assert.equal(await visitDue(items, visit, 30), 105);
	assert.deepEqual(visited, [5, 10, 20, 30]);
	assert.equal(await visitDue([], visit, 1_000), Number.POSITIVE_INFINITY);
});

test("what is added during a visit is visited, and what is removed is not", async () => {
	const items = new Set([{ dueAt: 0 }, { dueAt: 1 }]);
	const visited: number[] = [];
	const visit = (item: { dueAt: number }): void => {
		visited.push(item.dueAt);
		if (visited.length > 1) return;
		items.delete([...items][1] ?? item);
		items.add({ dueAt: 2 });
	};
	await visitDue(items, visit, 10);
	assert.deepEqual(visited, [0, 2]);
});

test("the event loop turns while many items that are due are visited", async () => {
	const items = Array.from({ length: 40 }, () => ({ dueAt: 0 }));
	let visits = 0;
	let visitsInFirstTurn = 0;
	setImmediate(() => {
		visitsInFirstTurn = visits;
	});
	const visit = (): void => {
		visits++;
		const until = performance.now() + 1;
		while (performance.now() < until);
	};
	await visitDue(items, visit, 0);
	assert.equal(visits, 40);
	// Each takes a millisecond at least.
	assert.ok(visitsInFirstTurn > 0 && visitsInFirstTurn <= 10, `${visitsInFirstTurn}`);
});

test("the pause lasts until the next visit is due, but is never so short that visits of many keep the event loop busy", () => {
	const now = performance.now();
	assert.equal(pauseUntil(Number.POSITIVE_INFINITY, 1_000), LOOK_EVERY_MS);
	assert.equal(pauseUntil(Number.POSITIVE_INFINITY, 3), 3);
	assert.equal(pauseUntil(now - 1_000, 1_000), 5);
	const pauseMs = pauseUntil(now + 15, 1_000);
	assert.ok(pauseMs >= 5 && pauseMs <= 16, `${pauseMs}`);
});

test("no more clients are notified than the window holds; one that has not closed after five looks no longer counts", () => {
	const window = new ClosingWindow<string>(2);
	let now = 0;
	const look = (): void => {
		now += LOOK_EVERY_MS;
		window.look(now);
	};
	window.add("a");
	assert.equal(window.hasRoom, true);
	window.add("b");
	assert.equal(window.hasRoom, false);
	window.delete("a");
	assert.equal(window.hasRoom, true);
	for (let i = 0; i < 4; i++) look();
	window.add("c");
	assert.equal(window.hasRoom, false);
	// Looks that come sooner are no further chance to close.
	for (let i = 0; i < 10; i++) window.look(now + 1);
	assert.equal(window.hasRoom, false);
	look();
	assert.equal(window.hasRoom, true);
});
