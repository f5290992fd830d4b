import type { ConnectionEnd } from "../record/connection-end.ts";
import type { LoadData } from "../record/drill-report.ts";
import type { RequestRecord } from "../record/outcome.ts";

/** One connection and its requests, and the tracks that they are drawn on. */
export interface TracedConnection {
	readonly connection: number;
	readonly startMs: number;
	readonly endMs: number;
	/** How it ended, where it was open. */
	readonly end: ConnectionEnd | undefined;
	/** Of the requests that overlap, as in HTTP/2, only the first is on the connection's own track, 0. */
	readonly requests: readonly (readonly [request: RequestRecord, track: number])[];
	/** Its row: connections that follow each other share one, so that there are no more rows than open connections. */
	row: number;
}

/** The connections of a load, by their start, in rows of one track or more. */
export interface TracedLoad {
	readonly connections: readonly TracedConnection[];
	readonly rows: number;
	/** How many tracks a row has: as many as requests overlap on one connection. */
	readonly tracks: number;
}

/** Lays the connections of a load out in rows. */
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
	// A slice has to enclose those on top of it, also the request that was refused and never had a connection.
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

/** Sorts the connections and gives each a row that is free for as long as it is open. Returns the number of rows. */
function assignRows(connections: TracedConnection[]): number {
	connections.sort((a, b) => a.startMs - b.startMs);
	const byEnd = [...connections].sort((a, b) => a.endMs - b.endMs);
	const free: number[] = [];
	let ended = 0;
	let rows = 0;
	for (const connection of connections) {
		// What ended before now has begun before now, and has its row.
		for (let next = byEnd[ended]; next !== undefined && next.endMs < connection.startMs; next = byEnd[++ended])
			free.push(next.row);
		connection.row = free.pop() ?? rows++;
	}
	return rows;
}
