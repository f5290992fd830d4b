import type { LoadReport, RoundReport } from "../report/drill-report.ts";
import {
	addResponses,
	countResponses,
	isError,
	isTurnedAway,
	type Responses,
	responsesWhere,
} from "../report/responses.ts";

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
		if (hasMoreErrorsAfter(load)) add("errors-after-stop", responsesWhere(load.responses.afterStop, isError));
	}
	return found;
}

/** The responses before the stop. Where none came by then, as on a slow path, what was answered after it says the same. */
function steadyState({ responses: { beforeStop, afterStop } }: LoadReport): Responses {
	return countResponses(beforeStop) > 0 ? beforeStop : responsesWhere(afterStop, (key) => !isTurnedAway(key));
}

/**
 * Returns true if the share of errors after the stop is greater than chance makes it: by three standard deviations of what is
 * to be expected from the share before. What was turned away is no error then: that is how a server stops.
 */
function hasMoreErrorsAfter({ responses: { beforeStop, afterStop } }: LoadReport): boolean {
	const [errorsBefore, before] = errorsOf(beforeStop);
	const [errorsAfter, after] = errorsOf(afterStop);
	// One more than there were, since none before doesn't mean that there never is one.
	const expected = (after * (errorsBefore + 1)) / (before + 1);
	return errorsAfter > expected + 3 * Math.sqrt(expected);
}

function errorsOf(responses: Responses): [errors: number, all: number] {
	const taken = responsesWhere(responses, (key) => !isTurnedAway(key));
	return [countResponses(responsesWhere(taken, isError)), countResponses(taken)];
}
