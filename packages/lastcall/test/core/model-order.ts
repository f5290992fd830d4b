/** The span in which something was being started, as the test saw it. */
export interface Started {
	readonly from: number;
	to: number | undefined;
}

/** Where something was started: the groups around it, the outermost first, and itself. */
export type Place = readonly Started[];

/** Returns true if `one` was begun when `other` had been started, judged by the outermost groups that they don't share. */
export function after(one: Place, other: Place): boolean {
	const [mine, ...myRest] = one;
	const [its, ...itsRest] = other;
	if (mine === undefined || its === undefined) return false;
	if (mine === its) return after(myRest, itsRest);
	return its.to !== undefined && its.to < mine.from;
}

/** The longest chain of closers that begins at `place`. Every chain is tried. */
export function longestChain(place: Place, others: readonly Place[]): number {
	const behind = others.filter((other) => after(place, other));
	return 1 + Math.max(0, ...behind.map((other) => longestChain(other, behind)));
}
