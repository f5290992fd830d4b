import type { LostRequest } from "#src/record/drill-report.js";
import { at } from "./at.ts";
import { type Lanes, loadOfLane } from "./lanes.ts";

/** The reasons of the lost requests, by row. */
export interface LostReasons {
	/** The code of the reason of a row. */
	reasonOf(row: number): string | undefined;
	rowOf(lost: LostRequest): number | undefined;
}

/** Matches the report's lost requests with the rows: load, connection and number on the connection identify a request. */
export function pairLost(lost: readonly LostRequest[], lanes: Lanes): LostReasons {
	const rows = new Map<string, number>();
	for (const row of lanes.lost) {
		const lane = at(lanes.lane, row);
		rows.set(keyOf(lanes.loads[loadOfLane(lanes, lane)] ?? "", at(lanes.connection, row), at(lanes.nth, row)), row);
	}
	const rowOf = (request: LostRequest): number | undefined =>
		rows.get(keyOf(request.load, request.connection, request.nth));
	const reasons = new Map(lost.map((request) => [rowOf(request), request.reason]));
	return { reasonOf: (row) => reasons.get(row), rowOf };
}

function keyOf(load: string, connection: number, nth: number): string {
	return `${connection} ${nth} ${load}`;
}
