import { CONNECTION_ENDS } from "../record/connection-end.ts";
import type { DrillReport, LoadData, RoundData } from "../record/drill-report.ts";
import { OUTCOMES } from "../record/outcome.ts";

/** The data of the HTML page: the report, and all requests and connections as columns, which are small for 100,000 rows. */
export interface PageData {
	readonly report: DrillReport;
	readonly rounds: readonly PageRound[];
}

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
	readonly load: readonly number[];
	readonly connection: readonly number[];
	readonly nth: readonly number[];
	readonly sentMs: readonly number[];
	readonly endedMs: readonly number[];
	/** An index of `OUTCOMES`. */
	readonly outcome: readonly number[];
	/** 0 if no head arrived. */
	readonly status: readonly number[];
	/** The error's code and the detail. */
	readonly note: readonly number[];
}

/** Row i of all columns is one connection. Sorted by `openedMs`. */
export interface ConnectionColumns {
	readonly load: readonly number[];
	readonly connection: readonly number[];
	readonly openedMs: readonly number[];
	readonly endedMs: readonly number[];
	/** An index of `CONNECTION_ENDS`. */
	readonly how: readonly number[];
	/** The error's code. */
	readonly note: readonly number[];
}

/** Makes the columns of all rounds. */
export function makePageData(report: DrillReport, rounds: readonly RoundData[]): PageData {
	return { report, rounds: rounds.map(makePageRound) };
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
	const at = (ms: number): number => Math.round((ms - stoppedAtMs) * 100) / 100;
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
	const rows = loads.flatMap(({ records }, load) => records.map((record) => ({ load, record })));
	rows.sort((a, b) => a.record.sentAtMs - b.record.sentAtMs);
	return {
		load: rows.map(({ load }) => load),
		connection: rows.map(({ record }) => record.connection),
		nth: rows.map(({ record }) => record.nth),
		sentMs: rows.map(({ record }) => at(record.sentAtMs)),
		endedMs: rows.map(({ record }) => at(record.endedAtMs)),
		outcome: rows.map(({ record }) => OUTCOMES.indexOf(record.outcome)),
		status: rows.map(({ record }) => record.status ?? 0),
		note: rows.map(({ record }) => note(record.error, record.detail)),
	};
}

function connectionColumns(loads: readonly LoadData[], at: At, note: Note): ConnectionColumns {
	const rows = loads.flatMap(({ connections }, load) => connections.map((end) => ({ load, end })));
	rows.sort((a, b) => a.end.openedAtMs - b.end.openedAtMs);
	return {
		load: rows.map(({ load }) => load),
		connection: rows.map(({ end }) => end.connection),
		openedMs: rows.map(({ end }) => at(end.openedAtMs)),
		endedMs: rows.map(({ end }) => at(end.atMs)),
		how: rows.map(({ end }) => CONNECTION_ENDS.indexOf(end.how)),
		note: rows.map(({ end }) => note(end.error)),
	};
}
