import type { LostRequest } from "#src/record/drill-report.js";
import { button, element } from "./element.ts";
import { marker } from "./legend.ts";
import type { LostReasons } from "./lost-reasons.ts";
import { countText, durationText, instantText } from "./number-text.ts";
import type { View } from "./view.ts";

const SHOWN = 200;
const HEADINGS = [
	"Outcome",
	"Load",
	"Connection",
	"Request",
	"Sent",
	"Ended",
	"Took",
	"Status",
	"Note",
	"Reason",
	"Id",
	"",
];

/** A table of the first 200 lost requests, sorted by time of sending. */
export function lostTable(lost: readonly LostRequest[], view: View, reasons: LostReasons): HTMLElement {
	const section = element("section", { "aria-labelledby": "lost-title" });
	section.append(element("h2", { id: "lost-title" }, `Lost requests (${countText(lost.length)})`));
	if (lost.length === 0) {
		section.append(
			element("p", {}, "None: every request that was sent on an open connection got its complete response."),
		);
		return section;
	}
	const head = element("tr", {}, ...HEADINGS.map((heading) => element("th", { scope: "col" }, heading)));
	const inOrder = lost.slice().sort((a, b) => a.sentMs - b.sentMs);
	const body = element("tbody", {}, ...inOrder.slice(0, SHOWN).map((request) => lostRow(request, view, reasons)));
	const table = element("table", { class: "lost" }, element("thead", {}, head), body);
	const scroller = { class: "scroller", tabindex: "0", role: "region", "aria-labelledby": "lost-title" };
	section.append(element("div", scroller, table));
	const more = lost.length - SHOWN;
	if (more > 0)
		section.append(element("p", {}, `And ${countText(more)} more: the timeline and the JSON report have all.`));
	return section;
}

function lostRow(request: LostRequest, view: View, reasons: LostReasons): HTMLTableRowElement {
	const row = reasons.rowOf(request);
	const show = button("Show", `Show ${request.id} in the timeline`, () => {
		view.focus(row);
		const lanes = document.querySelector<HTMLElement>("canvas.lanes");
		lanes?.scrollIntoView({ block: "center" });
		lanes?.focus({ preventScroll: true });
	});
	show.disabled = row === undefined;
	const cells: [text: string | Node, kind?: "number"][] = [
		[element("span", { class: "outcome" }, marker(request.outcome), request.outcome)],
		[request.load],
		[String(request.connection), "number"],
		[String(request.nth + 1), "number"],
		[instantText(request.sentMs), "number"],
		[instantText(request.endedMs), "number"],
		[durationText(request.endedMs - request.sentMs), "number"],
		[request.status === undefined ? "" : String(request.status), "number"],
		[[request.error, request.detail].filter(Boolean).join(", ")],
		[request.reason],
		[request.id],
		[show],
	];
	return element("tr", {}, ...cells.map(([text, kind]) => element("td", kind ? { class: kind } : {}, text)));
}
