import type { DrillReport } from "#src/record/drill-report.js";
import { element } from "./element.ts";
import { countText } from "./number-text.ts";

/** A selection of the round, if there are several. `show` gets its index. */
export function roundPicker(report: DrillReport, first: number, show: (index: number) => void): HTMLElement | "" {
	if (report.rounds.length < 2) return "";
	const select = element("select");
	for (const [index, { round, tally }] of report.rounds.entries()) {
		const lost = tally.lost === 0 ? "nothing lost" : `${countText(tally.lost)} lost`;
		select.append(element("option", { value: String(index) }, `${round} of ${report.rounds.length}: ${lost}`));
	}
	select.value = String(first);
	select.addEventListener("change", () => show(Number(select.value)));
	return element("label", { class: "round-picker" }, "Round ", select);
}
