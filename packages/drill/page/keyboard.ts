import type { View } from "./view.ts";

/** A key, as in `KeyboardEvent.key`, and its action. */
export interface Key {
	readonly keys: readonly string[];
	/** Its label in the help. */
	readonly shownAs: string;
	readonly what: string;
	act(view: View, key: string): void;
}

/** All keys of the timeline except `?`. The help is made of this list. */
export const KEYS: readonly Key[] = [
	{
		keys: ["n", "p"],
		shownAs: "n p",
		what: "next and previous lost request",
		act: (view, key) => view.focusLost(key === "n" ? 1 : -1),
	},
	{
		keys: [".", ","],
		shownAs: ". ,",
		what: "next and previous request on the connection",
		act: (view, key) => view.focusNeighbor(key === "." ? 1 : -1),
	},
	{ keys: ["Enter"], shownAs: "Enter", what: "enlarge the request in focus", act: (view) => view.enlargeFocused() },
	{
		keys: ["+", "=", "-"],
		shownAs: "+ −",
		what: "more and less detail in time",
		act: (view, key) => view.zoomTime(key === "-" ? 1.5 : 1 / 1.5),
	},
	{
		keys: ["]", "["],
		shownAs: "] [",
		what: "taller and flatter lanes",
		act: (view, key) => view.zoomLanes(key === "]" ? 1.5 : 1 / 1.5),
	},
	{
		keys: ["ArrowLeft", "ArrowRight"],
		shownAs: "← →",
		what: "earlier and later",
		act: (view, key) => view.panTime(key === "ArrowLeft" ? -0.1 : 0.1),
	},
	{
		keys: ["ArrowUp", "ArrowDown"],
		shownAs: "↑ ↓",
		what: "scroll the lanes",
		act: (view, key) => view.scrollLanes(key === "ArrowUp" ? -60 : 60),
	},
	{ keys: ["s"], shownAs: "s", what: "around the stop", act: (view) => view.showStop() },
	{ keys: ["Home", "0"], shownAs: "Home 0", what: "everything", act: (view) => view.showAll() },
	{ keys: ["Escape"], shownAs: "Esc", what: "no request in focus", act: (view) => view.focus(undefined) },
];

/** Runs a key's action if the timeline, or nothing on the page, has the focus. Enter on a button stays the button's. */
export function useKeyboard(
	timeline: HTMLElement,
	canvas: HTMLElement,
	view: View,
	help: () => void,
	signal: AbortSignal,
): void {
	const act = (event: KeyboardEvent): void => {
		if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
		const { target } = event;
		if (target !== document.body && !(target instanceof Node && timeline.contains(target))) return;
		if (event.key === "?") {
			help();
			return;
		}
		// Keys that scroll a page or press a button do that unless the lanes have the focus.
		if (target !== canvas && /^(Arrow|Home|Enter)/.test(event.key)) return;
		const key = KEYS.find(({ keys }) => keys.includes(event.key));
		if (!key) return;
		event.preventDefault();
		key.act(view, event.key);
	};
	addEventListener("keydown", act, { signal });
}
