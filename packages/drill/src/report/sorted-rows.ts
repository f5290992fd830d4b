import type { Rows } from "../record/rows.ts";

/** Returns how many rows tables have together. */
export function countRows(tables: readonly Rows<unknown>[]): number {
	return tables.reduce((sum, { length }) => sum + length, 0);
}

/** Yields the rows of tables in the order of their keys, each with the index of its table. Rows with one key keep their order. */
export function* sortedRows<Row>(
	tables: readonly Rows<Row>[],
	keyOf: (row: Row) => number,
): Generator<[table: number, row: Row]> {
	const keys = new Float64Array(countRows(tables));
	const starts: number[] = [];
	let count = 0;
	for (const table of tables) {
		starts.push(count);
		for (const row of table) keys[count++] = keyOf(row);
	}
	for (const index of sortedIndexes(keys)) {
		const table = starts.findLastIndex((start) => start <= index);
		yield [table, tables[table]?.at(index - (starts[table] as number)) as Row];
	}
}

/** Returns the indexes of numbers in the order of those, and where they are equal, of `then`. */
export function sortedIndexes(numbers: ArrayLike<number>, then: ArrayLike<number> = numbers): Uint32Array {
	const indexes = new Uint32Array(numbers.length);
	for (let index = 0; index < indexes.length; index++) indexes[index] = index;
	return indexes.sort(
		(a, b) => (numbers[a] as number) - (numbers[b] as number) || (then[a] as number) - (then[b] as number) || a - b,
	);
}
