import type { ConnectionEnd } from "../record/connection-end.ts";
import type { LoadData } from "../record/drill-report.ts";
import type { RequestRecord } from "../record/outcome.ts";
import { type ConnectionRows, RequestsByConnection } from "./requests-by-connection.ts";
import { sortedIndexes } from "./sorted-rows.ts";

/** One connection, its requests, and the tracks on which they are drawn. */
export interface TracedConnection {
	readonly connection: number;
	readonly startMs: number;
	readonly endMs: number;
	/** Missing for a connection that was refused. */
	readonly end: ConnectionEnd | undefined;
	/** Each is made as it is asked for. Track 0 is the connection's own. Requests that overlap are on tracks 1, 2, … */
	readonly requests: Iterable<readonly [request: RequestRecord, track: number]>;
	/** How many tracks they are on. */
	readonly tracks: number;
	/** Connections that follow each other share a row, so that there are no more rows than open connections. */
	readonly row: number;
}

/** The connections of a load. */
export interface TracedLoad {
	/** Sorted by their start. Each is made as it is asked for. */
	readonly connections: Iterable<TracedConnection>;
	readonly rows: number;
	/** The number of tracks in each row: the most requests that overlap on one connection, as in HTTP/2. */
	readonly tracks: number;
	/** From the first start to the last end; `undefined` without connections. */
	readonly startMs: number | undefined;
	readonly endMs: number | undefined;
}

/** Assigns the connections of a load to rows, and their requests to tracks. */
export function layOutTracks({ records, connections }: LoadData): TracedLoad {
	const grouped = new RequestsByConnection(records, connections);
	const { length } = grouped;
	const trackOf = new Uint16Array(records.length);
	const tracks = new Uint16Array(length);
	const startMs = new Float64Array(length);
	const endMs = new Float64Array(length);
	for (let index = 0; index < length; index++) {
		const one = grouped.at(index);
		tracks[index] = placeRequests(one, grouped, trackOf);
		// A slice has to enclose the slices on top of it. A refused request never had a connection.
		const { sentAtMs, endedAtMs } = grouped;
		const first = one.rows.reduce((ms, row) => Math.min(ms, sentAtMs[row] as number), one.end?.openedAtMs ?? Infinity);
		startMs[index] = first;
		endMs[index] = one.rows.reduce((ms, row) => Math.max(ms, endedAtMs[row] as number), one.end?.atMs ?? first);
	}
	const byStart = sortedIndexes(startMs);
	const { rowOf, rows } = assignRows(startMs, endMs, byStart);
	const trace = (index: number): TracedConnection => {
		const { connection, rows: ofRequests, end } = grouped.at(index);
		return {
			connection,
			startMs: startMs[index] as number,
			endMs: endMs[index] as number,
			end,
			requests: requestsOn(records, ofRequests, trackOf),
			tracks: tracks[index] as number,
			row: rowOf[index] as number,
		};
	};
	return {
		connections: mapEach(byStart, trace),
		rows,
		tracks: tracks.reduce((most, count) => Math.max(most, count), 1),
		startMs: startMs[byStart[0] ?? 0],
		endMs: length === 0 ? undefined : endMs.reduce((latest, ms) => Math.max(latest, ms)),
	};
}

function* mapEach<Value>(indexes: Uint32Array, make: (index: number) => Value): Generator<Value> {
	for (const index of indexes) yield make(index);
}

function* requestsOn(
	records: LoadData["records"],
	rows: Uint32Array,
	trackOf: Uint16Array,
): Generator<readonly [RequestRecord, number]> {
	for (const row of rows) yield [records.at(row) as RequestRecord, trackOf[row] as number];
}

/** Assigns each request of a connection to the first track that is free when it is sent. Returns the number of tracks. */
function placeRequests(
	{ rows }: ConnectionRows,
	{ sentAtMs, endedAtMs }: RequestsByConnection,
	trackOf: Uint16Array,
): number {
	const trackEnds: number[] = [];
	for (const row of rows) {
		const free = trackEnds.findIndex((ms) => ms <= (sentAtMs[row] as number));
		const track = free === -1 ? trackEnds.length : free;
		trackEnds[track] = endedAtMs[row] as number;
		trackOf[row] = track;
	}
	return trackEnds.length;
}

/** Assigns each connection to a row that is free while it is open. */
function assignRows(
	startMs: Float64Array,
	endMs: Float64Array,
	byStart: Uint32Array,
): { rowOf: Uint32Array; rows: number } {
	const byEnd = sortedIndexes(endMs);
	const rowOf = new Uint32Array(byStart.length);
	const free: number[] = [];
	let ended = 0;
	let rows = 0;
	for (const index of byStart) {
		// A connection that ended before this one started has its row already.
		for (; (endMs[byEnd[ended] as number] as number) < (startMs[index] as number); ended++)
			free.push(rowOf[byEnd[ended] as number] as number);
		rowOf[index] = free.pop() ?? rows++;
	}
	return { rowOf, rows };
}
