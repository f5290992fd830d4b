/** Rows of a table, or an array of them. A table makes a row each time that it is asked for. */
export interface Rows<Row> extends Iterable<Row> {
	readonly length: number;
	at(index: number): Row | undefined;
}

/** Yields the rows that pass a test. */
export function* where<Row>(rows: Iterable<Row>, test: (row: Row) => boolean): Generator<Row> {
	for (const row of rows) if (test(row)) yield row;
}
