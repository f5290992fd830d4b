import { OUTCOMES } from "#src/record/outcome.js";
import { at } from "./at.ts";
import { element } from "./element.ts";
import { marker } from "./legend.ts";
import type { LostReasons } from "./lost-reasons.ts";
import { requestFacts, requestSentence } from "./request-text.ts";
import type { View } from "./view.ts";

/** The panel about the request in focus, and the text that a screen reader announces when the focus changes. */
export function detailsPanel(view: View, reasons: LostReasons): HTMLElement {
	const facts = element("dl", { class: "facts" });
	const spoken = element("p", { class: "unseen", "aria-live": "polite" });
	const hint = element(
		"p",
		{ class: "hint" },
		"Point at a request, click it, or press n for the first lost one. ? lists the keys.",
	);
	const show = (): void => {
		const row = view.focused;
		hint.hidden = row !== undefined;
		facts.hidden = row === undefined;
		facts.replaceChildren();
		spoken.textContent = row === undefined ? "" : `${place(view, row)}${requestSentence(view.lanes, row)}`;
		if (row === undefined) return;
		for (const [name, value] of requestFacts(view.lanes, row, reasons.reasonOf(row)))
			facts.append(element("div", {}, element("dt", {}, name), element("dd", {}, value)));
		facts.querySelector("dd")?.prepend(marker(OUTCOMES[at(view.lanes.outcome, row)] ?? "answered"));
	};
	view.focusWatchers.push(show);
	show();
	return element("div", { class: "details" }, hint, facts, spoken);
}

/** Its position among the lost requests. */
function place({ lanes }: View, row: number): string {
	const index = lanes.lost.indexOf(row);
	return index < 0 ? "" : `Lost ${index + 1} of ${lanes.lost.length}. `;
}

/** The tooltip next to the pointer. */
export class Tooltip {
	readonly box: HTMLElement = element("div", { class: "tooltip", role: "tooltip", hidden: "" });
	readonly #view: View;
	readonly #reasons: LostReasons;
	#row: number | undefined;

	constructor(view: View, reasons: LostReasons) {
		this.#view = view;
		this.#reasons = reasons;
	}

	/** Shows a row next to a point of the parent element, or hides the tooltip. */
	show(row: number | undefined, x: number, y: number): void {
		this.box.hidden = row === undefined;
		if (row === undefined) return;
		if (row !== this.#row) {
			const { lanes } = this.#view;
			const facts = requestFacts(lanes, row, this.#reasons.reasonOf(row));
			this.box.replaceChildren(
				...facts.flatMap(([name, value]) => [element("span", {}, name), element("span", {}, value)]),
			);
			this.#row = row;
		}
		const { offsetWidth: width, offsetHeight: height, parentElement } = this.box;
		const room = parentElement?.clientWidth ?? 0;
		const below = y + 16 + height <= (parentElement?.clientHeight ?? 0);
		this.box.style.left = `${Math.max(0, x + 16 + width > room ? x - width - 16 : x + 16)}px`;
		this.box.style.top = `${Math.max(0, below ? y + 16 : y - height - 16)}px`;
	}
}
