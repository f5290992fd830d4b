import { CONNECTION_ENDS } from "../record/connection-end.ts";
import type { DrillReport, LoadData, RoundData } from "../record/drill-report.ts";
import { OUTCOMES } from "../record/outcome.ts";
import { countRows, sortedRows } from "./sorted-rows.ts";

/** The data of the HTML page: the report, and all requests and connections as columns, which are small for 100,000 rows. */
export interface PageData {
	readonly report: DrillReport;
	readonly rounds: Iterable<PageRound>;
}

/** Times are in whole hundredths of a millisecond. */
export const UNITS_PER_MS = 100;

export interface PageRound {
	/** The `load` columns are indexes of these names. */
	readonly loads: readonly string[];
	/** The `note` columns are indexes of these texts. The first is empty. */
	readonly notes: readonly string[];
	readonly requests: RequestColumns;
	readonly connections: ConnectionColumns;
}

/** Row i of all columns is one request. Sorted by `sentMs`. Times are milliseconds after the stop, rounded to 0.01. */
export interface RequestColumns {
	readonly load: ArrayLike<number>;
	readonly connection: ArrayLike<number>;
	readonly nth: ArrayLike<number>;
	readonly sentMs: ArrayLike<number>;
	readonly endedMs: ArrayLike<number>;
	/** An index of `OUTCOMES`. */
	readonly outcome: ArrayLike<number>;
	/** 0 if no head arrived. */
	readonly status: ArrayLike<number>;
	/** The error's code and the detail. */
	readonly note: ArrayLike<number>;
}

/** Row i of all columns is one connection. Sorted by `openedMs`. */
export interface ConnectionColumns {
	readonly load: ArrayLike<number>;
	readonly connection: ArrayLike<number>;
	readonly openedMs: ArrayLike<number>;
	readonly endedMs: ArrayLike<number>;
	/** An index of `CONNECTION_ENDS`. */
	readonly how: ArrayLike<number>;
	/** The error's code. */
	readonly note: ArrayLike<number>;
}

/** Makes the columns of all rounds, each as it is asked for: only those of one round are in memory at a time. */
export function makePageData(report: DrillReport, rounds: readonly RoundData[]): PageData {
	return {
		report,
		rounds: {
			*[Symbol.iterator]() {
				for (const round of rounds) yield makePageRound(round);
			},
		},
	};
}

function makePageRound({ loads, stoppedAtMs }: RoundData): PageRound {
	const notes = [""];
	const numbers = new Map([["", 0]]);
	const note = (...texts: (string | undefined)[]): number => {
		const text = texts.filter(Boolean).join(", ");
		const known = numbers.get(text);
		if (known !== undefined) return known;
		numbers.set(text, notes.push(text) - 1);
		return notes.length - 1;
	};
	// A 0 has no sign in the page.
	const at = (ms: number): number => Math.round((ms - stoppedAtMs) * UNITS_PER_MS) / UNITS_PER_MS || 0;
	return {
		loads: loads.map(({ name }) => name),
		notes,
		requests: requestColumns(loads, at, note),
		connections: connectionColumns(loads, at, note),
	};
}

type At = (ms: number) => number;
type Note = (...texts: (string | undefined)[]) => number;

function requestColumns(loads: readonly LoadData[], at: At, note: Note): RequestColumns {
	const tables = loads.map(({ records }) => records);
	const length = countRows(tables);
	const columns = {
		load: new Uint16Array(length),
		connection: new Uint32Array(length),
		nth: new Uint32Array(length),
		sentMs: new Float64Array(length),
		endedMs: new Float64Array(length),
		outcome: new Uint8Array(length),
		status: new Uint16Array(length),
		note: new Uint32Array(length),
	};
	let row = 0;
	for (const [load, record] of sortedRows(tables, ({ sentAtMs }) => sentAtMs)) {
		columns.load[row] = load;
		columns.connection[row] = record.connection;
		columns.nth[row] = record.nth;
		columns.sentMs[row] = at(record.sentAtMs);
		columns.endedMs[row] = at(record.endedAtMs);
		columns.outcome[row] = OUTCOMES.indexOf(record.outcome);
		columns.status[row] = record.status ?? 0;
		columns.note[row] = note(record.error, record.detail);
		row++;
	}
	return columns;
}

function connectionColumns(loads: readonly LoadData[], at: At, note: Note): ConnectionColumns {
	const tables = loads.map(({ connections }) => connections);
	const length = countRows(tables);
	const columns = {
		load: new Uint16Array(length),
		connection: new Uint32Array(length),
		openedMs: new Float64Array(length),
		endedMs: new Float64Array(length),
		how: new Uint8Array(length),
		note: new Uint32Array(length),
	};
	let row = 0;
	for (const [load, end] of sortedRows(tables, ({ openedAtMs }) => openedAtMs)) {
		columns.load[row] = load;
		columns.connection[row] = end.connection;
		columns.openedMs[row] = at(end.openedAtMs);
		columns.endedMs[row] = at(end.atMs);
		columns.how[row] = CONNECTION_ENDS.indexOf(end.how);
		columns.note[row] = note(end.error);
		row++;
	}
	return columns;
}
