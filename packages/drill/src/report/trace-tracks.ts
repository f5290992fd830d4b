import type { ConnectionEnd } from "../record/connection-end.ts";
import type { LoadData } from "../record/drill-report.ts";
import type { RequestRecord } from "../record/outcome.ts";
import { requestsByConnection } from "./requests-by-connection.ts";
import { sortedIndexes } from "./sorted-rows.ts";

/** One connection, its requests, and the tracks on which they are drawn. */
export interface TracedConnection {
	readonly connection: number;
	readonly startMs: number;
	readonly endMs: number;
	/** Missing for a connection that was refused. */
	readonly end: ConnectionEnd | undefined;
	/** Track 0 is the connection's own. Requests that overlap, as in HTTP/2, are on tracks 1, 2, … */
	readonly requests: readonly (readonly [request: RequestRecord, track: number])[];
	/** Connections that follow each other share a row, so that there are no more rows than open connections. */
	readonly row: number;
}

/** The connections of a load. */
export interface TracedLoad {
	/** Sorted by their start. Each is made as it is asked for. */
	readonly connections: Iterable<TracedConnection>;
	readonly rows: number;
	/** The number of tracks in each row: the most requests that overlap on one connection. */
	readonly tracks: number;
	/** From the first start to the last end; `undefined` without connections. */
	readonly startMs: number | undefined;
	readonly endMs: number | undefined;
}

/** Assigns the connections of a load to rows, and their requests to tracks. */
export function layOutTracks({ records, connections }: LoadData): TracedLoad {
	const grouped = requestsByConnection(records, connections);
	const startMs = new Float64Array(grouped.length);
	const endMs = new Float64Array(grouped.length);
	let tracks = 1;
	for (let index = 0; index < grouped.length; index++) {
		const traced = traceConnection(...grouped.at(index));
		startMs[index] = traced.startMs;
		endMs[index] = traced.endMs;
		for (const [, track] of traced.requests) tracks = Math.max(tracks, track + 1);
	}
	const byStart = sortedIndexes(startMs);
	const { rowOf, rows } = assignRows(startMs, endMs, byStart);
	return {
		connections: {
			*[Symbol.iterator]() {
				for (const index of byStart) yield { ...traceConnection(...grouped.at(index)), row: rowOf[index] as number };
			},
		},
		rows,
		tracks,
		startMs: startMs[byStart[0] ?? 0],
		endMs: grouped.length === 0 ? undefined : endMs.reduce((latest, ms) => Math.max(latest, ms)),
	};
}

/** @param requests sorted by the time of sending */
function traceConnection(
	connection: number,
	requests: readonly RequestRecord[],
	end: ConnectionEnd | undefined,
): Omit<TracedConnection, "row"> {
	// A slice has to enclose the slices on top of it. A refused request never had a connection.
	let startMs = Math.min(
		end?.openedAtMs ?? Number.POSITIVE_INFINITY,
		requests[0]?.sentAtMs ?? Number.POSITIVE_INFINITY,
	);
	let endMs = end?.atMs ?? startMs;
	const trackEnds: number[] = [];
	const placed = requests.map((request) => {
		const free = trackEnds.findIndex((endedAtMs) => endedAtMs <= request.sentAtMs);
		const track = free === -1 ? trackEnds.length : free;
		trackEnds[track] = request.endedAtMs;
		endMs = Math.max(endMs, request.endedAtMs);
		startMs = Math.min(startMs, request.sentAtMs);
		return [request, track] as const;
	});
	return { connection, startMs, endMs, end, requests: placed };
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
