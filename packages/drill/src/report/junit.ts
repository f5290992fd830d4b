import { create } from "xmlbuilder2";
import type { DrillReport, RoundReport } from "../record/drill-report.ts";
import { roundLine } from "./round-line.ts";

/** Returns the report as JUnit XML: one test case for each round, with a failure for each reason that fails the drill in it. */
export function junit({ rounds, verdict, target, durationMs }: DrillReport): string {
	const failing = verdict.reasons.filter(({ fails }) => fails);
	const failed = (round: number) => failing.filter((reason) => reason.rounds.includes(round));
	const root = create({ version: "1.0", encoding: "UTF-8" }).ele("testsuites");
	const suite = root.ele("testsuite", {
		name: `lastcall-drill ${target.url}`,
		tests: rounds.length,
		failures: rounds.filter(({ round }) => failed(round).length > 0).length,
		errors: 0,
		time: (durationMs / 1_000).toFixed(3),
	});
	for (const report of rounds) {
		const test = suite.ele("testcase", {
			classname: "lastcall-drill",
			name: `round ${report.round}`,
			time: seconds(report),
		});
		for (const { code, what, advice, link } of failed(report.round)) {
			test.ele("failure", { type: code, message: what }).txt(`${what}\n${advice}\n${link}`);
		}
		test.ele("system-out").txt(`${roundLine(report)}; seed ${report.seed}`);
	}
	return `${root.end({ prettyPrint: true })}\n`;
}

function seconds({ exit, stop }: RoundReport): string {
	return ((exit?.atMs ?? stop.commandEndedMs ?? 0) / 1_000).toFixed(3);
}
