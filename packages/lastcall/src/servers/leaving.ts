import type { DrainOptions, EndedEarly } from "../core/drainable.ts";
import type { Goodbyes } from "../core/goodbyes.ts";

/**
 * What could not finish is ended in an orderly way shortly before the hard stop, so that this goes out: the last tenth of
 * the drain's time, and no more than this.
 */
const LONGEST_LAST_MOMENT_MS = 500;

/** How the connections of one server leave. */
export interface Leaving {
	/** How long an idle connection is left open for the request that may be on its way, in milliseconds. */
	readonly lingerMs: number;
	/** When the first and the last of many clients are told. */
	readonly goodbyes: Goodbyes;
	/** The end of the drain, as `performance.now()` counts. */
	readonly hardStopAt: number;
	/** The time of the drain is nearly over from then on, as `performance.now()` counts. */
	readonly lastMomentAt: number;
	/** Puts what was ended before it was finished into the report. */
	readonly endedEarly: (one: Omit<EndedEarly, "name">) => void;
}

/** @param name the name of the server, for the report */
export function leavingOf(name: string, { lingerMs, leftMs, goodbyes, onEndedEarly }: DrainOptions): Leaving {
	const hardStopAt = performance.now() + leftMs;
	return {
		lingerMs,
		goodbyes,
		hardStopAt,
		lastMomentAt: hardStopAt - Math.min(leftMs / 10, LONGEST_LAST_MOMENT_MS),
		endedEarly: (one) => onEndedEarly({ name, ...one }),
	};
}
