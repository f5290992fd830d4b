import { element } from "./element.ts";
import { embeddedReport, embeddedRound } from "./embedded-data.ts";
import { lanesOf } from "./lanes.ts";
import { pairLost } from "./lost-reasons.ts";
import { lostTable } from "./lost-table.ts";
import { roundFacts } from "./round-facts.ts";
import { roundPicker } from "./round-picker.ts";
import { tallyTable } from "./tally-table.ts";
import { timeMarksOf } from "./time-marks.ts";
import { Timeline } from "./timeline.ts";
import { factList, verdictHeader } from "./verdict.ts";
import { View } from "./view.ts";

const report = embeddedReport();
const round = element("div", { class: "round" });
let shown = new AbortController();

/** Replaces the parts that show one round. */
function showRound(index: number): void {
	const data = report.rounds[index];
	if (!data) return;
	shown.abort();
	shown = new AbortController();
	const lastMs = Math.max(0, ...timeMarksOf(data).map(({ atMs }) => atMs));
	const view = new View(lanesOf(embeddedRound(index), lastMs), lastMs);
	const reasons = pairLost(data.lost, view.lanes);
	round.replaceChildren(
		element(
			"section",
			{ "aria-labelledby": "tally-title" },
			titleOf(),
			tallyTable(report, data),
			factList(roundFacts(data)),
		),
		new Timeline(view, data, reasons, shown.signal).section,
		lostTable(data.lost, view, reasons),
	);
}

function titleOf(): HTMLElement {
	return element("h2", { id: "tally-title" }, "What became of the requests");
}

const firstWithLoss = report.rounds.findIndex(({ tally }) => tally.lost > 0);
const first = Math.max(0, firstWithLoss);
document.body.append(verdictHeader(report), element("main", {}, roundPicker(report, first, showRound), round));
showRound(first);
