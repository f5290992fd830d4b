import type { LoadReport, RoundReport } from "../record/drill-report.ts";
import {
	addResponses,
	countResponses,
	isError,
	isTurnedAway,
	type Responses,
	responsesWhere,
} from "../record/responses.ts";

/** What errors among the responses can say. */
export type ErrorCode = "mostly-errors" | "errors-before-stop" | "errors-after-stop";

/** From this share of a load's requests on, errors are worth a note. */
const NOTED_SHARE = 0.01;

/**
 * Finds the errors in one round that say something: how much the drill proves (before the stop), and what the shutdown itself
 * did (after it). `maxErrors` is the percentage of a load's requests before the stop that may be errors.
 */
export function errorFindings({ loads }: RoundReport, maxErrors: number): Map<ErrorCode, Responses> {
	const found = new Map<ErrorCode, Responses>();
	const add = (code: ErrorCode, responses: Responses): void => {
		found.set(code, addResponses([found.get(code) ?? {}, responses]));
	};
	for (const load of loads) {
		const steady = steadyState(load);
		const errors = responsesWhere(steady, (key) => isError(key) || isTurnedAway(key));
		const share = countResponses(errors) / countResponses(steady);
		if (share > maxErrors / 100) add("mostly-errors", errors);
		else if (share >= NOTED_SHARE) add("errors-before-stop", errors);
		const ofTheStop = errorsOfTheStop(load);
		if (countResponses(ofTheStop) > 0) add("errors-after-stop", ofTheStop);
	}
	return found;
}

/** The responses before the stop. Where none came by then, as on a slow path, what was answered after it says the same. */
function steadyState({ responses: { beforeStop, afterStop } }: LoadReport): Responses {
	return countResponses(beforeStop) > 0 ? beforeStop : responsesWhere(afterStop, (key) => !isTurnedAway(key));
}

/**
 * The error responses after the stop that the stop has brought: those of a status that was rare before it, and then came more
 * often than chance makes it, by three standard deviations. One that was not rare may come in bursts, and says nothing. What was turned away is no
 * error here: that is how a server stops.
 */
function errorsOfTheStop({ responses: { beforeStop, afterStop } }: LoadReport): Responses {
	const before = countResponses(responsesWhere(beforeStop, (key) => !isTurnedAway(key)));
	const after = countResponses(responsesWhere(afterStop, (key) => !isTurnedAway(key)));
	return responsesWhere(afterStop, (key) => {
		const countBefore = beforeStop[key] ?? 0;
		// One more than there were, since none before doesn't mean that there never is one.
		const expected = (after * (countBefore + 1)) / (before + 1);
		const isMore = (afterStop[key] ?? 0) > expected + 3 * Math.sqrt(expected);
		return isError(key) && countBefore <= before * NOTED_SHARE && isMore;
	});
}
