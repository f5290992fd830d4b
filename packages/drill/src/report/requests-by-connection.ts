import type { ConnectionEnd } from "../record/connection-end.ts";
import type { RequestRecord } from "../record/outcome.ts";
import type { Rows } from "../record/rows.ts";
import { sortedIndexes } from "./sorted-rows.ts";

/** A connection's number, its requests sorted by the time of sending, and its end if it was open. */
export type ConnectionRequests = [connection: number, requests: RequestRecord[], end: ConnectionEnd | undefined];

/** The requests of a load by connection. The requests of a connection are made as they are asked for. */
export interface RequestsByConnection {
	readonly length: number;
	at(index: number): ConnectionRequests;
}

/** Sorts the requests and the ends of a load by connection. */
export function requestsByConnection(records: Rows<RequestRecord>, ends: Rows<ConnectionEnd>): RequestsByConnection {
	const ofRecords = fill(new Uint32Array(records.length), records, ({ connection }) => connection);
	const ofEnds = fill(new Uint32Array(ends.length), ends, ({ connection }) => connection);
	const sentAtMs = fill(new Float64Array(records.length), records, (record) => record.sentAtMs);
	const order = sortedIndexes(ofRecords, sentAtMs);
	const endOrder = sortedIndexes(ofEnds);
	const numbers = distinct(ofRecords, ofEnds);
	const firsts = firstPlaces(numbers, ofRecords, order);
	const firstEnds = firstPlaces(numbers, ofEnds, endOrder);
	return {
		length: numbers.length,
		at: (index) => {
			const rows = order.subarray(firsts[index], firsts[index + 1]);
			const [end] = endOrder.subarray(firstEnds[index], firstEnds[index + 1]);
			return [
				numbers[index] as number,
				Array.from(rows, (row) => records.at(row) as RequestRecord),
				end === undefined ? undefined : ends.at(end),
			];
		},
	};
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
