import { encodeColumn } from "./encode-column.ts";
import { type PageRound, UNITS_PER_MS } from "./page-data.ts";

/** Yields a round as JSON in pieces. Its columns are texts, see `encodeColumn`. */
export function* embeddedRound({ loads, notes, requests, connections }: PageRound): Generator<string> {
	yield `{"loads":${JSON.stringify(loads)},"notes":${JSON.stringify(notes)},"requests":`;
	yield* embeddedColumns(requests);
	yield `,"connections":`;
	yield* embeddedColumns(connections);
	yield "}";
}

function* embeddedColumns(columns: PageRound["requests"] | PageRound["connections"]): Generator<string> {
	yield `{"length":${columns.load.length}`;
	for (const [name, numbers] of Object.entries(columns) as [string, ArrayLike<number>][]) {
		yield `,"${name}":"`;
		yield* encodeColumn(numbers, name.endsWith("Ms") ? UNITS_PER_MS : 1);
		yield `"`;
	}
	yield "}";
}
