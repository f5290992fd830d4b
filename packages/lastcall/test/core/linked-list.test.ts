import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import fc from "fast-check";
import { type Linked, LinkedList } from "#src/core/linked-list.js";
import { LinkedMap } from "#src/core/linked-map.js";

class Item implements Linked<Item> {
	list?: object | undefined;
	older?: Item | undefined;
	newer?: Item | undefined;
}

/** One step: something is done with one of a few items, or an iteration goes on. */
const steps = fc.array(
	fc.record({ what: fc.constantFrom("add", "delete", "begin", "next", "return"), at: fc.nat({ max: 7 }) }),
	{ maxLength: 60 },
);

test("a linked list has what a set has, in the same order, and so do iterations during which it changes", () => {
	fc.assert(
		fc.property(steps, (steps) => {
			const items = Array.from({ length: 8 }, () => new Item());
			const list = new LinkedList<Item>();
			const set = new Set<Item>();
			const iterations: { readonly ours: Generator<Item, void>; readonly wanted: Iterator<Item> }[] = [];
			for (const { what, at } of steps) {
				const item = items[at] as Item;
				const iteration = iterations[at % Math.max(1, iterations.length)];
				if (what === "add") {
					list.add(item);
					set.add(item);
				} else if (what === "delete") assert.equal(list.delete(item), set.delete(item));
				else if (what === "begin") iterations.push({ ours: list[Symbol.iterator](), wanted: set[Symbol.iterator]() });
				else if (what === "next" && iteration !== undefined) {
					const { done = false, value } = iteration.wanted.next();
					const ours = iteration.ours.next();
					assert.equal(ours.done ?? false, done);
					assert.equal(ours.value, value);
				} else if (what === "return" && iteration !== undefined) {
					iteration.ours.return();
					iterations.splice(iterations.indexOf(iteration), 1);
				}
				assert.deepEqual([...list], [...set]);
				assert.equal(list.size, set.size);
				assert.deepEqual([list.oldest, list.newest], [[...set][0], [...set].at(-1)]);
				for (const one of items) {
					assert.equal(list.has(one), set.has(one));
					// Nothing leads from an item that is in no list to those that are.
					if (!set.has(one)) assert.deepEqual({ ...one }, { ...new Item() });
				}
			}
		}),
	);
});

test("an item takes the place of another one, and is not visited by an iteration that has visited that", () => {
	for (const place of [0, 1, 2]) {
		const [items, by] = [[new Item(), new Item(), new Item()], new Item()];
		const list = new LinkedList<Item>();
		for (const item of items) list.add(item);
		const visited: Item[] = [];
		for (const item of list) {
			visited.push(item);
			if (item === items[place]) list.replace(item, by);
		}
		assert.deepEqual(visited, items);
		assert.deepEqual([...list], items.with(place, by));
		assert.deepEqual([list.newest, list.size], [items.with(place, by).at(-1), 3]);
	}
	const [only, by] = [new Item(), new Item()];
	const list = new LinkedList<Item>();
	list.add(only);
	list.replace(only, by);
	assert.deepEqual([[...list], list.has(only), list.delete(by), list.size], [[by], false, true, 0]);
});

test("a linked map has one item for a key, and so has each of several maps", () => {
	const [first, second] = [new LinkedMap<object, Item>(), new LinkedMap<object, Item>()];
	const [key, item, other, later] = [{}, new Item(), new Item(), new Item()];
	first.set(key, item);
	second.set(key, other);
	assert.deepEqual([first.get(key) === item, second.get(key) === other], [true, true]);
	second.set(key, later);
	assert.deepEqual([second.get(key) === later, second.size, first.get(key) === item], [true, 1, true]);
	assert.equal(first.remove(key), true);
	assert.deepEqual([first.get(key), first.size, second.get(key) === later], [undefined, 0, true]);
	first.set(key, item);
	assert.deepEqual([first.get(key) === item, second.get(key) === later], [true, true]);
	assert.deepEqual([second.remove(key), second.remove(key), second.get(key)], [true, false, undefined]);
	assert.equal(first.get(key), item);
});

/** Fills and empties a collection, as a running service does, and prints how much more memory is in use at the end. */
const CHURN = `
	const { LinkedList } = await import(process.argv[1]);
	const list = new LinkedList();
	const open = [];
	const next = () => {
		const item = { list: undefined, older: undefined, newer: undefined, bytes: new Array(100).fill(0) };
		list.add(item);
		open.push(item);
		if (open.length > 32) list.delete(open.shift());
	};
	const used = () => {
		gc({ type: "minor" });
		return process.memoryUsage().heapUsed;
	};
	for (let i = 0; i < 32; i++) next();
	// What is in it now moves to the old generation.
	for (let i = 0; i < 3; i++) used();
	const before = used();
	for (let part = 0; part < 10; part++) {
		for (let i = 0; i < 2_000; i++) next();
		used();
	}
	console.log(used() - before);
`;

test("what a linked list has had takes no memory until the next full collection, as what a set has had does", async () => {
	const flags = ["--expose-gc", "--single-threaded", "--min-semi-space-size=64", "--max-semi-space-size=64"];
	const file = new URL("../../../dist/core/linked-list.js", import.meta.url).href;
	const run = promisify(execFile)(process.execPath, [...flags, "--input-type=module", "-e", CHURN, file]);
	const bytes = Number((await run).stdout);
	// A set of the same items keeps some 19 MB on Node.js 20 and 22, and 2 to 6 MB on 24 and 26.
	assert.ok(bytes < 1e6, `${bytes} bytes`);
});
