import { OUTCOMES, type Outcome } from "#src/record/outcome.js";
import { at } from "./at.ts";
import { element } from "./element.ts";
import type { Lanes } from "./lanes.ts";
import { countText } from "./number-text.ts";
import { SHAPES } from "./shapes.ts";
import type { View } from "./view.ts";

const SVG = "http://www.w3.org/2000/svg";

/** The outcomes with their markers and counts. Each is a button that hides or shows its requests. */
export function legend(view: View): HTMLElement {
	const counts = countOutcomes(view.lanes);
	const list = element("div", { class: "legend", role: "group", "aria-label": "Outcomes shown" });
	for (const [index, outcome] of OUTCOMES.entries()) {
		const count = element("b", {}, countText(counts[index] ?? 0));
		const toggle = element("button", { type: "button", "aria-pressed": "true" }, marker(outcome), `${outcome} `, count);
		toggle.disabled = counts[index] === 0;
		toggle.addEventListener("click", () => {
			view.toggle(index);
			toggle.setAttribute("aria-pressed", String(view.shown[index]));
		});
		list.append(toggle);
	}
	return list;
}

/** Creates an outcome's marker in its color. */
export function marker(outcome: Outcome): SVGSVGElement {
	const svg = document.createElementNS(SVG, "svg");
	svg.setAttribute("viewBox", "-7 -7 14 14");
	svg.setAttribute("aria-hidden", "true");
	svg.classList.add("marker", outcome);
	const path = document.createElementNS(SVG, "path");
	path.setAttribute("d", SHAPES[outcome]);
	path.setAttribute("fill-rule", "evenodd");
	svg.append(path);
	return svg;
}

function countOutcomes({ outcome }: Lanes): number[] {
	const counts = OUTCOMES.map(() => 0);
	for (let row = 0; row < outcome.length; row++) counts[at(outcome, row)] = at(counts, at(outcome, row)) + 1;
	return counts;
}
