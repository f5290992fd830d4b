import type { DrainOptions, EndedEarlyReason } from "../../core/drainable.ts";
import type { Spread } from "../../core/spread.ts";
import type { NameRequest, RequestInFlight } from "./request-name.ts";

/**
 * What could not finish is ended in an orderly way shortly before the hard stop, so that the end reaches the client: in the
 * last tenth of the drain's time, and no earlier than this.
 */
const LONGEST_LAST_MOMENT_MS = 500;

/** The times of one server's drain, and how it reports what it ends early. */
export interface DrainPlan {
	/** How long an idle connection is left open for the request that may be on its way, in milliseconds. */
	readonly lingerMs: number;
	/** Spreads the closing of connections over time. */
	readonly spread: Spread;
	/** The end of the drain, as `performance.now()` counts. */
	readonly hardStopAt: number;
	/** From then on, what is not finished is ended in an orderly way, as `performance.now()` counts. */
	readonly lastMomentAt: number;
	/** Puts a request that was ended before it was finished into the report. */
	readonly endedEarly: (request: RequestInFlight, why: EndedEarlyReason) => void;
}

/**
 * Makes the plan of a drain that begins now.
 * @param name the name of the server, for the report
 */
export function planDrain(
	name: string,
	nameRequest: NameRequest,
	{ lingerMs, leftMs, spread, onEndedEarly }: DrainOptions,
): DrainPlan {
	const hardStopAt = performance.now() + leftMs;
	return {
		lingerMs,
		spread,
		hardStopAt,
		lastMomentAt: hardStopAt - Math.min(leftMs / 10, LONGEST_LAST_MOMENT_MS),
		endedEarly: (request, why) =>
			onEndedEarly({ name, what: nameRequest(request), ageMs: performance.now() - request.startedAt, why }),
	};
}
