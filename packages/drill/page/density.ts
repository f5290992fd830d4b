import { at } from "./at.ts";
import type { Lanes } from "./lanes.ts";
import type { TimeScale } from "./time-scale.ts";

/** The number of requests in flight in each pixel column, and how many of them were lost. */
export interface Density {
	readonly all: Uint32Array;
	/** Counted in the column in which they ended. */
	readonly lost: Uint32Array;
	readonly most: number;
}

/** Counts the requests whose outcome is shown. The time is proportional to requests plus columns, not to their length. */
export function densityOf(lanes: Lanes, scale: TimeScale, shown: readonly boolean[]): Density {
	const columns = Math.max(1, Math.ceil(scale.width));
	const column = (ms: number): number => Math.min(Math.max(Math.floor(scale.x(ms)), 0), columns - 1);
	const change = new Int32Array(columns + 1);
	for (let row = 0; row < lanes.outcome.length; row++) {
		if (!shown[at(lanes.outcome, row)]) continue;
		const from = column(at(lanes.sentMs, row));
		const to = column(at(lanes.endedMs, row)) + 1;
		change[from] = at(change, from) + 1;
		change[to] = at(change, to) - 1;
	}
	const all = new Uint32Array(columns);
	let underWay = 0;
	let most = 0;
	for (let x = 0; x < columns; x++) {
		underWay += at(change, x);
		all[x] = underWay;
		most = Math.max(most, underWay);
	}
	const lost = new Uint32Array(columns);
	for (const row of lanes.lost) {
		if (!shown[at(lanes.outcome, row)]) continue;
		const x = column(at(lanes.endedMs, row));
		lost[x] = at(lost, x) + 1;
	}
	return { all, lost, most };
}
