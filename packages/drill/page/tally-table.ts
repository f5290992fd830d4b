import type { DrillReport, RoundReport } from "#src/record/drill-report.js";
import { OUTCOMES, type Tally } from "#src/record/outcome.js";
import { element } from "./element.ts";
import { marker } from "./legend.ts";
import { countText, durationText } from "./number-text.ts";

/** The outcomes: a line for each load of the round, their total, and the total of all rounds if there are several. */
export function tallyTable(report: DrillReport, round: RoundReport): HTMLElement {
	const heading = (text: string, kind = "") => element("th", { scope: "col", class: kind }, text);
	const outcomes = OUTCOMES.map((outcome) => element("th", { scope: "col" }, marker(outcome), outcome));
	// The most important columns first: a narrow screen shows no more.
	const head = element("tr", {}, heading("load"), heading("requests"), heading("lost", "lost-sum"), ...outcomes);
	head.append(heading("connections"), heading("median time"));
	const body = element("tbody");
	for (const { name, tally, connections, medianResponseMs } of round.loads)
		body.append(line(name, tally, countText(connections), medianResponseMs));
	const foot = element("tfoot");
	const connections = round.loads.reduce((sum, load) => sum + load.connections, 0);
	const several = report.rounds.length > 1;
	foot.append(line(several ? `Round ${round.round}` : "Total", round.tally, countText(connections)));
	if (several) foot.append(line(`All ${report.rounds.length} rounds`, report.tally, ""));
	const table = element("table", { class: "tally" }, element("thead", {}, head), body, foot);
	const scroller = { class: "scroller", tabindex: "0", role: "region", "aria-labelledby": "tally-title" };
	return element("div", scroller, table);
}

function line(name: string, tally: Tally, connections: string, medianMs?: number): HTMLTableRowElement {
	const cell = (text: string, zero = false) => element("td", { class: zero ? "number zero" : "number" }, text);
	const lost = element("td", { class: `number lost-sum${tally.lost === 0 ? " zero" : ""}` }, countText(tally.lost));
	return element(
		"tr",
		{},
		element("th", { scope: "row" }, name),
		cell(countText(tally.total - tally.refused)),
		lost,
		...OUTCOMES.map((outcome) => cell(countText(tally[outcome]), tally[outcome] === 0)),
		cell(connections),
		cell(medianMs === undefined ? "" : durationText(medianMs)),
	);
}
