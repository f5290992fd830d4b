import { button, element } from "./element.ts";
import { countText } from "./number-text.ts";
import type { View } from "./view.ts";

/** The buttons of the timeline. They do everything that keys and the pointer do with the view. */
export function toolbar(view: View, help: () => void): HTMLElement {
	const place = element("output", { class: "place" });
	const previous = button("◀", "Previous lost request (p)", () => view.focusLost(-1));
	const next = button("▶", "Next lost request (n)", () => view.focusLost(1));
	const { lost } = view.lanes;
	previous.disabled = next.disabled = lost.length === 0;
	const show = (): void => {
		const index = view.focused === undefined ? -1 : lost.indexOf(view.focused);
		place.textContent = `lost ${index < 0 ? "" : `${countText(index + 1)} of `}${countText(lost.length)}`;
	};
	view.focusWatchers.push(show);
	show();
	return element(
		"div",
		{ class: "toolbar", role: "group", "aria-label": "View" },
		element("span", { class: "buttons" }, previous, place, next),
		element(
			"span",
			{ class: "buttons" },
			button("−", "Less detail in time (−)", () => view.zoomTime(1.5)),
			button("+", "More detail in time (+)", () => view.zoomTime(1 / 1.5)),
		),
		element(
			"span",
			{ class: "buttons" },
			button("↥", "Flatter lanes ([)", () => view.zoomLanes(1 / 1.5)),
			button("↧", "Taller lanes (])", () => view.zoomLanes(1.5)),
		),
		element(
			"span",
			{ class: "buttons" },
			button("Stop", "Around the stop (s)", () => view.showStop()),
			button("All", "Everything (Home)", () => view.showAll()),
		),
		button("?", "Keys and pointer (?)", help),
	);
}
