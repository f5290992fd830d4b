import { deepEqual } from "node:assert/strict";
import { describe, it } from "node:test";
import { type Figures, worsened } from "../compare/check/worsened.ts";

const kept: Figures = {
	instructionsRatio: 1.05,
	connectionBytesRatio: 1.35,
	modules: 2,
	packedBytes: 100_000,
	installedBytes: 300_000,
	packages: 1,
};

describe("worsened", () => {
	it("finds nothing where nothing changed, or everything got better", () => {
		deepEqual(worsened(kept, kept), []);
		const half = Object.fromEntries(Object.entries(kept).map(([name, value]) => [name, value / 2]));
		deepEqual(worsened(kept, half as unknown as Figures), []);
	});

	it("lets a figure differ by noise, and not by more", () => {
		deepEqual(worsened(kept, { ...kept, connectionBytesRatio: 1.41 }), []);
		deepEqual(worsened(kept, { ...kept, connectionBytesRatio: 1.42 }), [
			{ figure: "connectionBytesRatio", kept: 1.35, found: 1.42 },
		]);
	});

	it("takes one more file or package as worse", () => {
		const found = worsened(kept, { ...kept, modules: 3, packages: 2 });
		deepEqual(
			found.map(({ figure }) => figure),
			["modules", "packages"],
		);
	});

	it("names every figure that got worse", () => {
		const double = Object.fromEntries(Object.entries(kept).map(([name, value]) => [name, value * 2]));
		deepEqual(
			worsened(kept, double as unknown as Figures).map(({ figure }) => figure),
			Object.keys(kept),
		);
	});

	it("does not compare what was not measured", () => {
		const { instructionsRatio: _, ...without } = kept;
		deepEqual(worsened(kept, without), []);
		deepEqual(worsened(without, { ...kept, instructionsRatio: 9 }), []);
	});
});
