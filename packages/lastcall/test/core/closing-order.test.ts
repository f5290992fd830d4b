import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ClosingOrder, type Ordered } from "#src/core/closing-order.js";
import { closesBefore, type Path, type Span, StartOrder } from "#src/core/start-order.js";

/** The same order by comparing all pairs: slow, and easy to verify. */
class PlainOrder {
	readonly #waiting: Ordered[] = [];

	add(closer: Ordered): void {
		this.#waiting.unshift(closer);
	}

	chainFrom(path: Path): number {
		const after = this.#waiting.filter((other) => closesBefore(path, other.path));
		return 1 + Math.max(0, ...after.map(({ toCome }) => toCome));
	}

	takeNext(closing: readonly Path[]): Ordered | undefined {
		const at = this.#waiting.findIndex(
			({ path }) =>
				!this.#waiting.some((other) => closesBefore(other.path, path)) &&
				!closing.some((other) => closesBefore(other, path) || closesBefore(path, other)),
		);
		return at === -1 ? undefined : this.#waiting.splice(at, 1)[0];
	}
}

/** `group`, `in`: an index into the existing groups; the service is the first. */
type Move =
	| { readonly kind: "acquire" | "begin group"; readonly in: number }
	| { readonly kind: "end group"; readonly group: number }
	| { readonly kind: "take" }
	| { readonly kind: "closed"; readonly which: number };

const moves: fc.Arbitrary<readonly Move[]> = fc.array(
	fc.oneof(
		{ weight: 5, arbitrary: fc.record({ kind: fc.constant("acquire" as const), in: fc.nat() }) },
		{ weight: 3, arbitrary: fc.record({ kind: fc.constant("begin group" as const), in: fc.nat() }) },
		{ weight: 3, arbitrary: fc.record({ kind: fc.constant("end group" as const), group: fc.nat() }) },
		{ weight: 5, arbitrary: fc.constant<Move>({ kind: "take" }) },
		{ weight: 2, arbitrary: fc.record({ kind: fc.constant("closed" as const), which: fc.nat() }) },
	),
	{ maxLength: 60 },
);

test("the closing order takes the closer that comparing every pair of parts would take, however parts are nested", () => {
	fc.assert(
		fc.property(moves, (all) => {
			const start = new StartOrder();
			const [tree, plain] = [new ClosingOrder<Ordered>(), new PlainOrder()];
			const groups: Path[] = [[]];
			const closing: Path[] = [];
			let id = 0;
			const one = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;
			const take = (): void => {
				const taken = tree.takeNext(closing);
				assert.equal(taken?.id, plain.takeNext(closing)?.id);
				if (taken !== undefined) closing.push(taken.path);
			};
			for (const move of all) {
				if (move.kind === "acquire") {
					const path = start.acquire(one(groups, move.in));
					assert.equal(tree.chainFrom(path), plain.chainFrom(path));
					const closer = { id: ++id, path, toCome: tree.chainFrom(path) };
					tree.add(closer);
					plain.add(closer);
				} else if (move.kind === "begin group") {
					groups.push(start.begin(one(groups, move.in)));
				} else if (move.kind === "end group") {
					const group = one(groups, move.group);
					if (group.at(-1)?.to !== Infinity) continue;
					start.end(group);
					tree.groupEnded(group);
				} else if (move.kind === "take") {
					take();
				} else if (move.kind === "closed" && closing.length > 0) {
					closing.splice(move.which % closing.length, 1);
				}
			}
			while (tree.size > 0) {
				closing.length = 0;
				const before = tree.size;
				take();
				assert.ok(tree.size < before, "nothing may begin though nothing closes");
			}
		}),
		{ numRuns: Number(process.env.LASTCALL_PROPERTY_RUNS ?? 1_000) },
	);
});

/** How often the begin or the end of a start-up is read while a chain of `count` resources is acquired and closed. */
function looksFor(count: number, inGroup: boolean): number {
	let looks = 0;
	const counted = (from: number, to: number): Span => ({
		get from() {
			looks++;
			return from;
		},
		get to() {
			looks++;
			return to;
		},
	});
	const order = new ClosingOrder<Ordered>();
	const within = inGroup ? [counted(1, 3 * count)] : [];
	for (let id = 1; id <= count; id++) {
		const path = [...within, counted(id + 1, id + 1)];
		order.add({ id, path, toCome: order.chainFrom(path) });
	}
	for (let id = count; id > 0; id--) {
		const next = order.takeNext([]);
		assert.equal(next?.id, id);
		// While it closes, another call finds nothing, at no greater cost.
		assert.equal(order.takeNext(next === undefined ? [] : [next.path]), undefined);
	}
	return looks;
}

for (const inGroup of [false, true]) {
	test(`a chain of resources${inGroup ? " in a group" : ""} costs the same for each resource, however long it is`, () => {
		const [short, long] = [looksFor(100, inGroup) / 100, looksFor(5_000, inGroup) / 5_000];
		assert.ok(long < 2 * short, `${short} looks for each of 100, ${long} for each of 5000`);
	});
}
