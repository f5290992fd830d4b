import Table from "cli-table3";
import type { DrillReport } from "../record/drill-report.ts";
import { number } from "../record/durations.ts";
import type { Tally } from "../record/outcome.ts";
import type { Reason } from "../record/verdict.ts";
import type { Colors } from "./colors.ts";
import { loadTotals } from "./load-totals.ts";

const COLUMNS: readonly [title: string, of: (tally: Tally) => number][] = [
	["requests", ({ total, refused }) => total - refused],
	["answered", ({ answered }) => answered],
	["turned away", (tally) => tally["turned-away"]],
	["reset", ({ reset }) => reset],
	["cut", ({ cut }) => cut],
	["unanswered", ({ unanswered }) => unanswered],
	["lost", ({ lost }) => lost],
	["refused", ({ refused }) => refused],
];

/** Returns the result for a terminal: a table of the loads, the verdict, and advice for each reason. */
export function summary(report: DrillReport, colors: Colors): string {
	return `${table(report, colors)}\n\n${verdictText(report, colors)}\n`;
}

/** Returns the verdict, with its reasons and advice. */
export function verdictText({ verdict, tally, rounds }: DrillReport, colors: Colors): string {
	const of = `of ${number(tally.total - tally.refused)} requests in ${rounds.length} ${rounds.length === 1 ? "round" : "rounds"}`;
	const lost =
		tally.lost === 0 ? `none ${of} was lost` : `${number(tally.lost)} ${of} ${tally.lost === 1 ? "was" : "were"} lost`;
	const head = verdict.passed ? colors.green(colors.bold("PASS")) : colors.red(colors.bold("FAIL"));
	const all = rounds.length;
	return [`${head} ${lost}`, ...verdict.reasons.map((reason) => reasonText(reason, all, colors))].join("\n");
}

function reasonText({ fails, what, advice, link, rounds }: Reason, all: number, colors: Colors): string {
	const mark = fails ? colors.red("✗") : colors.yellow("!");
	const where = all > 1 ? colors.dim(` (in ${rounds.length} of ${all} rounds)`) : "";
	return `\n${mark} ${what}${where}\n  ${advice}\n  ${colors.dim(link)}`;
}

function table({ tally, rounds }: DrillReport, colors: Colors): string {
	const shown = new Table({
		head: ["load", ...COLUMNS.map(([title]) => title)],
		colAligns: ["left", ...COLUMNS.map(() => "right" as const)],
		chars: NO_LINES,
		style: { head: [], border: [], "padding-left": 0, "padding-right": 2 },
	});
	const loads = loadTotals(rounds);
	for (const [name, counts] of loads) shown.push(row(name, counts, colors));
	if (loads.length > 1) shown.push(row("all", tally, colors));
	return shown.toString().replace(/ +$/gm, "");
}

function row(name: string, tally: Tally, colors: Colors): string[] {
	return [
		name,
		...COLUMNS.map(([title, of]) => {
			const count = of(tally);
			if (title !== "lost") return count === 0 ? colors.dim("0") : number(count);
			return count === 0 ? colors.green("0") : colors.red(colors.bold(number(count)));
		}),
	];
}

const NO_LINES = {
	top: "",
	"top-mid": "",
	"top-left": "",
	"top-right": "",
	bottom: "",
	"bottom-mid": "",
	"bottom-left": "",
	"bottom-right": "",
	left: "",
	"left-mid": "",
	mid: "",
	"mid-mid": "",
	right: "",
	"right-mid": "",
	middle: "",
};
