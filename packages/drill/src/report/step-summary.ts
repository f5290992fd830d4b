import { markdownTable } from "markdown-table";
import type { DrillReport } from "../record/drill-report.ts";
import { number } from "../record/durations.ts";
import { loadTotals } from "./load-totals.ts";

/** Returns the report as Markdown, for GitHub's step summary. */
export function stepSummary({ verdict, tally, rounds, target }: DrillReport): string {
	const loads = [...loadTotals(rounds), ["all", tally] as const];
	const table = markdownTable(
		[
			["load", "requests", "answered", "turned away", "lost", "refused"],
			...loads.map(([name, counts]) => [
				name,
				...[counts.total - counts.refused, counts.answered, counts["turned-away"], counts.lost, counts.refused].map(
					number,
				),
			]),
		],
		{ align: ["l", "r", "r", "r", "r", "r"] },
	);
	const reasons = verdict.reasons.map(
		({ what, advice, link }) => `- **${plain(what)}**: ${plain(advice)} ([more](${link}))`,
	);
	const head = `### ${verdict.passed ? "✅" : "❌"} lastcall-drill: ${verdict.passed ? "pass" : "fail"}`;
	const what = `${rounds.length} ${rounds.length === 1 ? "round" : "rounds"} of \`${target.url}\``;
	return `${[head, what, table, reasons.join("\n")].filter(Boolean).join("\n\n")}\n`;
}

function plain(text: string): string {
	return text.replace(/([\\`*_<>[\]|])/g, "\\$1");
}
