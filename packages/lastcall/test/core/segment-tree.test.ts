import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SegmentTree } from "#src/core/segment-tree.js";

/** The greatest of both fields: an item qualifies if its `reach` is at least what is asked for. */
interface Item {
	readonly value: number;
	readonly reach: number;
}

const greatest = (one: Item, other: Item): Item => ({
	value: Math.max(one.value, other.value),
	reach: Math.max(one.reach, other.reach),
});

const item = fc.record({ value: fc.nat({ max: 20 }), reach: fc.nat({ max: 20 }) });

test("a segment tree has the sum of its items, and the greatest value of those that qualify", () => {
	fc.assert(
		fc.property(fc.array(fc.record({ at: fc.nat(), item, reach: fc.nat({ max: 20 }) })), (changes) => {
			const tree = new SegmentTree<Item>(greatest);
			const list: Item[] = [];
			assert.equal(tree.sum, undefined);
			for (const { at, item, reach } of changes) {
				const place = at % (list.length + 1);
				tree.set(place, item);
				list[place] = item;
				assert.equal(tree.length, list.length);
				assert.deepEqual(tree.sum, list.reduce(greatest));
				assert.equal(
					tree.greatest(
						({ value }) => value,
						(one) => one.reach >= reach,
					),
					Math.max(0, ...list.filter((one) => one.reach >= reach).map(({ value }) => value)),
				);
			}
		}),
	);
});

test("a change of one of 4096 items adds twelve times, and a search looks at two items in each row", () => {
	let added = 0;
	const tree = new SegmentTree<Item>((one, other) => {
		added++;
		return greatest(one, other);
	});
	for (let at = 0; at < 4_096; at++) tree.set(at, { value: at + 1, reach: at % 2 });
	added = 0;
	tree.set(1_000, { value: 5_000, reach: 1 });
	assert.equal(added, 12);
	let looks = 0;
	const value = tree.greatest(
		({ value }) => value,
		({ reach }) => {
			looks++;
			return reach === 1;
		},
	);
	assert.equal(value, 5_000);
	assert.ok(looks <= 2 * 13, `${looks} looks`);
});
