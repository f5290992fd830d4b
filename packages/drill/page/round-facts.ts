import type { RoundReport } from "#src/record/drill-report.js";
import { countText, instantText } from "./number-text.ts";
import type { Fact } from "./request-text.ts";
import { timeMarksOf } from "./time-marks.ts";

/** Describes what happened to the target in a round, and what is unusual about it. */
export function roundFacts(round: RoundReport): Fact[] {
	const facts: Fact[] = timeMarksOf(round).map(({ text, atMs }) => [text, atMs === 0 ? "0 ms" : instantText(atMs)]);
	if (round.answeredAfterExit > 0) facts.push(["answered after the exit", countText(round.answeredAfterExit)]);
	if (round.portHeld) facts.push(["port", "still open after the exit"]);
	for (const { pid, command } of round.leftProcesses) facts.push([`left process ${pid}`, command]);
	facts.push(["seed", String(round.seed)]);
	return facts;
}
