import type { ConnectionEnd } from "../record/connection-end.ts";
import type { LoadData } from "../record/drill-report.ts";
import type { RequestRecord } from "../record/outcome.ts";

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
	row: number;
}

/** The connections of a load, sorted by their start. */
export interface TracedLoad {
	readonly connections: readonly TracedConnection[];
	readonly rows: number;
	/** The number of tracks in each row: the most requests that overlap on one connection. */
	readonly tracks: number;
}

/** Assigns the connections of a load to rows, and their requests to tracks. */
export function layOutTracks({ records, connections }: LoadData): TracedLoad {
	const ends = new Map(connections.map((end) => [end.connection, end]));
	const requests = new Map<number, RequestRecord[]>();
	for (const record of records) {
		const known = requests.get(record.connection);
		if (known === undefined) requests.set(record.connection, [record]);
		else known.push(record);
	}
	const numbers = new Set([...requests.keys(), ...ends.keys()]);
	const traced = [...numbers].map((number) => traceConnection(number, requests.get(number) ?? [], ends.get(number)));
	const rows = assignRows(traced);
	const tracks = traced.reduce(
		(most, { requests }) => requests.reduce((n, [, track]) => Math.max(n, track + 1), most),
		1,
	);
	return { connections: traced, rows, tracks };
}

function traceConnection(
	connection: number,
	records: readonly RequestRecord[],
	end: ConnectionEnd | undefined,
): TracedConnection {
	const requests = [...records].sort((a, b) => a.sentAtMs - b.sentAtMs);
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
	return { connection, startMs, endMs, end, requests: placed, row: 0 };
}

/** Sorts the connections and assigns each to a row that is free while it is open. Returns the number of rows. */
function assignRows(connections: TracedConnection[]): number {
	connections.sort((a, b) => a.startMs - b.startMs);
	const byEnd = [...connections].sort((a, b) => a.endMs - b.endMs);
	const free: number[] = [];
	let ended = 0;
	let rows = 0;
	for (const connection of connections) {
		// A connection that ended before this one started has its row already.
		for (let next = byEnd[ended]; next !== undefined && next.endMs < connection.startMs; next = byEnd[++ended])
			free.push(next.row);
		connection.row = free.pop() ?? rows++;
	}
	return rows;
}
