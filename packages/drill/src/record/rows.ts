/** Rows of a table, or an array of them. A table makes a row each time that it is asked for. */
export interface Rows<Row> extends Iterable<Row> {
	readonly length: number;
	at(index: number): Row | undefined;
}

/** A table in columns: what each kind of row has in them is its own affair. */
export abstract class Table<Row> implements Rows<Row> {
	abstract get length(): number;

	/** Makes the row at an index that there is. */
	protected abstract row(index: number): Row;

	at(index: number): Row | undefined {
		return index < this.length ? this.row(index) : undefined;
	}

	*[Symbol.iterator](): Generator<Row> {
		for (let index = 0; index < this.length; index++) yield this.row(index);
	}
}

/** Yields the rows that pass a test. */
export function* where<Row>(rows: Iterable<Row>, test: (row: Row) => boolean): Generator<Row> {
	for (const row of rows) if (test(row)) yield row;
}
