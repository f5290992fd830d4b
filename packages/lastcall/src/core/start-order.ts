/**
 * From when to when something was being started: a resource in one instant, a group while its function ran. Not times but
 * places in one order, since much can happen in a millisecond.
 */
export interface Span {
	readonly from: number;
	/** `Infinity` for a group that is still being started. */
	to: number;
}

/** What something was started in, the outermost group first, and at last its own span. */
export type Path = readonly Span[];

/** The order in which the parts of a program were started. */
export class StartOrder {
	#last = 0;

	/** A group begins to be started. Returns its path. */
	begin(within: Path): Path {
		return [...stillStarting(within), { from: ++this.#last, to: Infinity }];
	}

	/** The group has been started. */
	end(group: Path): void {
		const span = group.at(-1);
		if (span !== undefined) span.to = ++this.#last;
	}

	/** Something was acquired. Returns its path. */
	acquire(within: Path): Path {
		const at = ++this.#last;
		return [...stillStarting(within), { from: at, to: at }];
	}
}

/** A group that has been started takes nothing more: what is acquired later may need what was started after it. */
function stillStarting(within: Path): Path {
	const started = within.findIndex(({ to }) => to !== Infinity);
	return started === -1 ? within : within.slice(0, started);
}

/**
 * Reports whether `one` is closed before `other`: whether it may need it, as the one began to be started when the other had
 * been. Where they are parts of two groups, the groups count. Neither before the other: side by side.
 */
export function closesBefore(one: Path, other: Path): boolean {
	const depth = one.findIndex((span, i) => span !== other[i]);
	const [mine, its] = [one[depth], other[depth]];
	return mine !== undefined && its !== undefined && its.to < mine.from;
}
