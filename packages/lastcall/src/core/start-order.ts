/**
 * When something was being started: a resource in one instant, a group while its function ran. These are positions in one
 * order, not times, since much can happen in a millisecond.
 */
export interface Span {
	readonly from: number;
	/** `Infinity` for a group that is still being started. */
	to: number;
}

/** The spans of the groups that something was started in, the outermost first, and its own span last. */
export type Path = readonly Span[];

/** The order in which the parts of a program were started. */
export class StartOrder {
	#last = 0;

	/** Called when a group begins to start. Returns its path. */
	begin(within: Path): Path {
		return [...stillStarting(within), { from: ++this.#last, to: Infinity }];
	}

	/** Called when the group has started. */
	end(group: Path): void {
		const span = group.at(-1);
		if (span !== undefined) span.to = ++this.#last;
	}

	/** Called when something was acquired. Returns its path. */
	acquire(within: Path): Path {
		const at = ++this.#last;
		return [...stillStarting(within), { from: at, to: at }];
	}
}

/**
 * Returns the path without groups that have started. What is acquired later does not belong to such a group, since it may need
 * what was started after the group.
 */
function stillStarting(within: Path): Path {
	const started = within.findIndex(({ to }) => to !== Infinity);
	return started === -1 ? within : within.slice(0, started);
}
