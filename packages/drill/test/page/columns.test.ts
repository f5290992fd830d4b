import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeColumn } from "#page/decode-column.js";
import { seededRandom } from "#src/load/seeded-random.js";
import { encodeColumn } from "#src/report/encode-column.js";

const random = seededRandom(7);
const draw = (length: number, most: number): number[] => Array.from({ length }, () => Math.floor(random() * most));

const columns: [what: string, numbers: number[]][] = [
	["no number", []],
	["one", [5]],
	["zeros", [0, 0, 0]],
	["a single zero between others", [1, 0, 1, 1, 0, 0, 2]],
	["negative ones", [-1, -64, -65, 63, 64, -8_192, 0, -8_193]],
	["large ones", [4_294_967_295, 0, -4_294_967_295, 2 ** 40, -(2 ** 40)]],
	["a long run", [3, ...Array.from({ length: 100_000 }, () => 7), 2]],
	["ones that need several pieces", draw(100_000, 5_000)],
	["large ones in several pieces", draw(20_000, 2 ** 40)],
];

describe("a column of the page", () => {
	for (const [what, numbers] of columns) {
		it(`is what was written: ${what}`, () => {
			const text = [...encodeColumn(numbers)].join("");
			assert.match(text, /^[A-Za-z0-9+/]*={0,2}$/);
			assert.deepEqual([...decodeColumn(text, numbers.length)], numbers);
		});
	}

	it("has two decimals if it is asked to", () => {
		const text = [...encodeColumn([-1.25, 0.01, 12_345.67], 100)].join("");
		assert.deepEqual([...decodeColumn(text, 3)], [-125, 1, 1_234_567]);
	});

	it("takes a few bytes for what does not change, and comes in pieces", () => {
		assert.ok([...encodeColumn(Array.from({ length: 1_000_000 }, () => 200))].join("").length < 12);
		const pieces = [...encodeColumn(draw(200_000, 1_000))];
		assert.ok(pieces.length > 3 && pieces.every(({ length }) => length <= 65_536));
	});
});
