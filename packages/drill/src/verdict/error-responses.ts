import type { LoadReport, RoundReport } from "../record/drill-report.ts";
import {
	addResponses,
	countResponses,
	isError,
	isTurnedAway,
	type Responses,
	responsesWhere,
} from "../record/responses.ts";

/** The reasons about error responses. */
export type ErrorCode = "mostly-errors" | "errors-before-stop" | "errors-after-stop";

/** Errors are worth a note from this share of a load's requests. */
const NOTED_SHARE = 0.01;

/**
 * Finds the errors in one round that matter: those before the stop show how much the drill proves, those after it what the
 * shutdown itself did. `maxErrors` is the percentage of a load's requests before the stop that may be errors.
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
		const ofStop = findErrorsOfStop(load);
		if (countResponses(ofStop) > 0) add("errors-after-stop", ofStop);
	}
	return found;
}

/** Returns the responses before the stop. If there are none, as on a slow path, those after it show the same. */
function steadyState({ responses: { beforeStop, afterStop } }: LoadReport): Responses {
	return countResponses(beforeStop) > 0 ? beforeStop : responsesWhere(afterStop, (key) => !isTurnedAway(key));
}

/**
 * Returns the error responses that the stop has caused: those with a status that was rare before the stop, and more frequent
 * after it than chance explains, by three standard deviations. A status that was not rare may come in bursts, and shows
 * nothing. Requests that were turned away are no errors here: that is how a server stops.
 */
function findErrorsOfStop({ responses: { beforeStop, afterStop } }: LoadReport): Responses {
	const before = countResponses(responsesWhere(beforeStop, (key) => !isTurnedAway(key)));
	const after = countResponses(responsesWhere(afterStop, (key) => !isTurnedAway(key)));
	return responsesWhere(afterStop, (key) => {
		const countBefore = beforeStop[key] ?? 0;
		// One more than there were: none before the stop does not mean that there never is one.
		const expected = (after * (countBefore + 1)) / (before + 1);
		const isMore = (afterStop[key] ?? 0) > expected + 3 * Math.sqrt(expected);
		return isError(key) && countBefore <= before * NOTED_SHARE && isMore;
	});
}
