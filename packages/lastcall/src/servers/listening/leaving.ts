import type { DrainOptions, EndedEarlyReason } from "../../core/drainable.ts";
import type { Goodbyes } from "../../core/goodbyes.ts";
import type { NameRequest, RequestInFlight } from "./request-name.ts";

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
	readonly endedEarly: (request: RequestInFlight, why: EndedEarlyReason) => void;
}

/** @param name the name of the server, for the report */
export function leavingOf(
	name: string,
	nameRequest: NameRequest,
	{ lingerMs, leftMs, goodbyes, onEndedEarly }: DrainOptions,
): Leaving {
	const hardStopAt = performance.now() + leftMs;
	return {
		lingerMs,
		goodbyes,
		hardStopAt,
		lastMomentAt: hardStopAt - Math.min(leftMs / 10, LONGEST_LAST_MOMENT_MS),
		endedEarly: (request, why) =>
			onEndedEarly({ name, what: nameRequest(request), ageMs: performance.now() - request.startedAt, why }),
	};
}
