import type { ConnectionEnd } from "../record/connection-end.ts";
import type { RequestRecord } from "../record/outcome.ts";
import type { Rows } from "../record/rows.ts";
import { sortedIndexes } from "./sorted-rows.ts";

/** A connection's number, the rows of its requests sorted by the time of sending, and its end if it was open. */
export interface ConnectionRows {
	readonly connection: number;
	readonly rows: Uint32Array;
	readonly end: ConnectionEnd | undefined;
}

/** The requests and the ends of a load by connection. */
export class RequestsByConnection {
	/** By row. */
	readonly sentAtMs: Float64Array;
	readonly endedAtMs: Float64Array;
	readonly #ends: Rows<ConnectionEnd>;
	readonly #numbers: Uint32Array;
	/** The rows of all requests by connection, and where those of each connection begin; the same of all ends. */
	readonly #order: Uint32Array;
	readonly #firsts: Uint32Array;
	readonly #endOrder: Uint32Array;
	readonly #firstEnds: Uint32Array;

	constructor(records: Rows<RequestRecord>, ends: Rows<ConnectionEnd>) {
		const ofRecords = fill(new Uint32Array(records.length), records, ({ connection }) => connection);
		const ofEnds = fill(new Uint32Array(ends.length), ends, ({ connection }) => connection);
		this.sentAtMs = fill(new Float64Array(records.length), records, ({ sentAtMs }) => sentAtMs);
		this.endedAtMs = fill(new Float64Array(records.length), records, ({ endedAtMs }) => endedAtMs);
		this.#ends = ends;
		this.#numbers = distinct(ofRecords, ofEnds);
		this.#order = sortedIndexes(ofRecords, this.sentAtMs);
		this.#endOrder = sortedIndexes(ofEnds);
		this.#firsts = firstPlaces(this.#numbers, ofRecords, this.#order);
		this.#firstEnds = firstPlaces(this.#numbers, ofEnds, this.#endOrder);
	}

	/** How many connections there are, open or refused. */
	get length(): number {
		return this.#numbers.length;
	}

	at(index: number): ConnectionRows {
		const [end] = this.#endOrder.subarray(this.#firstEnds[index], this.#firstEnds[index + 1]);
		return {
			connection: this.#numbers[index] as number,
			rows: this.#order.subarray(this.#firsts[index], this.#firsts[index + 1]),
			end: end === undefined ? undefined : this.#ends.at(end),
		};
	}
}

/** Fills an array with a number of each row. Unlike `from` of its class, it keeps no row. */
function fill<Numbers extends Uint32Array | Float64Array, Row>(
	numbers: Numbers,
	rows: Iterable<Row>,
	pick: (row: Row) => number,
): Numbers {
	let index = 0;
	for (const row of rows) numbers[index++] = pick(row);
	return numbers;
}

/** Returns the numbers of two arrays, each once, in their order. */
function distinct(some: Uint32Array, others: Uint32Array): Uint32Array {
	const all = new Uint32Array(some.length + others.length);
	all.set(some);
	all.set(others, some.length);
	return all.sort().filter((number, i) => i === 0 || number !== all[i - 1]);
}

/** Returns where the rows of each number begin in their order, and then where the last ones end. */
function firstPlaces(numbers: Uint32Array, ofRows: Uint32Array, order: Uint32Array): Uint32Array {
	const firsts = new Uint32Array(numbers.length + 1);
	let place = 0;
	for (const [index, number] of numbers.entries()) {
		firsts[index] = place;
		while (ofRows[order[place] as number] === number) place++;
	}
	firsts[numbers.length] = place;
	return firsts;
}
