import type { ExitReport, RoundReport } from "../record/drill-report.ts";
import { duration, number } from "../record/durations.ts";
import { addResponses, countResponses, isError, responsesWhere } from "../record/responses.ts";

/** Describes one round in one line: `round 3: exit 0 after 312 ms, 1,204 requests, none lost`. */
export function roundLine({ round, stop, exit, tally, loads, leftProcesses, portHeld }: RoundReport): string {
	const responses = addResponses(loads.flatMap((load) => [load.responses.beforeStop, load.responses.afterStop]));
	const errors = countResponses(responsesWhere(responses, isError));
	const parts = [
		exit === undefined
			? commandEnd(stop.commandEndedMs, stop.commandCode)
			: `${exitText(exit)} after ${duration(exit.atMs)}`,
		`${number(tally.total - tally.refused)} requests`,
		`${tally.lost === 0 ? "none" : number(tally.lost)} lost`,
		...(errors > 0 ? [`${number(errors)} answered with an error`] : []),
		...(tally["turned-away"] > 0 ? [`${number(tally["turned-away"])} turned away`] : []),
		...(leftProcesses.length > 0 ? [`${leftProcesses.length} processes left behind`] : []),
		...(portHeld ? ["the port still open"] : []),
	];
	return `round ${round}: ${parts.join(", ")}`;
}

/** Describes how the target ended, in two or three words. */
export function exitText({ code, signal, killed }: ExitReport): string {
	if (killed) return "killed";
	if (signal !== null) return `ended by ${signal}`;
	return code === null ? "gone" : `exit ${code}`;
}

function commandEnd(endedMs: number | undefined, code: number | null | undefined): string {
	return endedMs === undefined ? "stopped" : `stop command ended with ${code} after ${duration(endedMs)}`;
}
