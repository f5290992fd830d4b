import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ClosingOrder, type Ordered } from "#src/core/closing-order.js";
import { type Path, type Span, StartOrder } from "#src/core/start-order.js";

/**
 * Returns true if `one` is closed before `other`: it may need `other`, as it began to start after `other` had started. If the
 * two are in different groups, the groups are compared. If neither is before the other, they are closed side by side.
 */
function closesBefore(one: Path, other: Path): boolean {
	const depth = one.findIndex((span, i) => span !== other[i]);
	const [mine, its] = [one[depth], other[depth]];
	return mine !== undefined && its !== undefined && its.to < mine.from;
}

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
				const taken = tree.takeNext();
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
					tree.release(closing.splice(move.which % closing.length, 1)[0] ?? []);
				}
			}
			while (tree.size > 0) {
				for (const path of closing.splice(0)) tree.release(path);
				const before = tree.size;
				take();
				assert.ok(tree.size < before, "nothing may begin though nothing closes");
			}
		}),
		{ numRuns: Number(process.env.LASTCALL_PROPERTY_RUNS ?? 1_000) },
	);
});

/** Instants that follow each other, and paths that count in `looks` how often one of their instants is read. */
class CountedStarts {
	looks = 0;
	#last = 0;

	/** The path of what begins now and has not ended. */
	begin(within: Path = []): Path {
		const counts = this;
		const from = ++this.#last;
		let end = Number.POSITIVE_INFINITY;
		const span: Span = {
			get from() {
				counts.looks++;
				return from;
			},
			get to() {
				counts.looks++;
				return end;
			},
			set to(instant) {
				end = instant;
			},
		};
		return [...within, span];
	}

	end(path: Path): Path {
		const span = path.at(-1);
		if (span !== undefined) span.to = ++this.#last;
		return path;
	}
}

type Shape = (
	count: number,
	begin: (within?: Path) => Path,
	acquire: (within?: Path) => void,
	end: (group: Path) => void,
) => void;

const sideBySide: Shape = (count, begin, acquire, end) => {
	const groups = Array.from({ length: count }, () => begin());
	for (const group of groups) acquire(group);
	for (const group of groups) end(group);
};
const SHAPES: Record<string, Shape> = {
	"a chain": (count, _begin, acquire) => {
		for (let i = 0; i < count; i++) acquire();
	},
	"a chain in a group": (count, begin, acquire) => {
		const group = begin();
		for (let i = 0; i < count; i++) acquire(group);
	},
	"a chain beside a group": (count, begin, acquire, end) => {
		const group = begin();
		acquire(group);
		for (let i = 1; i < count; i++) acquire();
		end(group);
	},
	"groups side by side": sideBySide,
	"groups side by side, after others": (count, ...rest) => {
		sideBySide(count / 2, ...rest);
		sideBySide(count / 2, ...rest);
	},
	"groups of four side by side": (count, begin, acquire, end) => {
		const groups = Array.from({ length: count / 4 }, () => begin());
		for (let i = 0; i < 4; i++) for (const group of groups) acquire(group);
		for (const group of groups) end(group);
	},
	"groups in groups side by side": (count, begin, acquire, end) => {
		const groups = Array.from({ length: count }, () => begin());
		for (const group of groups) sideBySide(1, () => begin(group), acquire, end);
		for (const group of groups) end(group);
	},
};

/** How often an instant is read, for each resource, while `count` of them are acquired, and closed one by one as they may. */
function looksFor(shape: Shape, count: number): number {
	const starts = new CountedStarts();
	const order = new ClosingOrder<Ordered>();
	let id = 0;
	shape(
		count,
		(within) => starts.begin(within),
		(within) => {
			const path = starts.end(starts.begin(within));
			order.add({ id: ++id, path, toCome: order.chainFrom(path) });
		},
		(group) => order.groupEnded(starts.end(group)),
	);
	const closing: Ordered[] = [];
	while (order.size + closing.length > 0) {
		for (let next = order.takeNext(); next !== undefined; next = order.takeNext()) closing.push(next);
		order.release(closing.shift()?.path ?? []);
	}
	return starts.looks / count;
}

for (const [what, shape] of Object.entries(SHAPES)) {
	test(`${what}: each resource costs the same, however many there are`, () => {
		const [few, many] = [looksFor(shape, 100), looksFor(shape, 2_000)];
		assert.ok(many < 1.5 * few, `${few} looks for each of 100, ${many} for each of 2000`);
	});
}
