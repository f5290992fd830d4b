import type { RoundReport } from "#src/record/drill-report.js";

/** An event of the target. */
export interface TimeMark {
	readonly atMs: number;
	readonly text: string;
}

/** Returns the events of the target in a round, in order. The stop is the first at its instant. */
export function timeMarksOf(report: RoundReport): TimeMark[] {
	const { stop, firstRefusedMs, lastResponseMs, exit } = report;
	const marks: TimeMark[] = [{ atMs: 0, text: `stop: ${stop.by}${stop.group ? " to the group" : ""}` }];
	const add = (atMs: number | undefined, text: string): void => {
		if (atMs !== undefined) marks.push({ atMs, text });
	};
	add(stop.againMs, "second signal: SIGINT");
	add(stop.commandEndedMs, `stop command ended, ${endText(stop.commandCode ?? null, null)}`);
	add(firstRefusedMs, "first refused");
	add(lastResponseMs, "last response");
	if (exit) add(exit.atMs, exit.killed ? "killed: grace period over" : `exit, ${endText(exit.code, exit.signal)}`);
	return marks.sort((a, b) => a.atMs - b.atMs);
}

function endText(code: number | null, signal: string | null): string {
	if (signal !== null) return `by ${signal}`;
	return code === null ? "code unknown" : `code ${code}`;
}
