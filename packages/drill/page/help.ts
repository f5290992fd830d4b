import { button, element } from "./element.ts";
import { KEYS } from "./keyboard.ts";

const POINTER = [
	["wheel, two fingers", "more and less detail in time"],
	["Alt + wheel", "taller and flatter lanes"],
	["Shift + wheel", "scroll the lanes"],
	["drag", "move in time and through the lanes"],
	["click", "put a request in focus"],
	["drag on the overview", "choose or move the window"],
] as const;

/** The dialog that lists the keys and the uses of the pointer. */
export function helpDialog(): HTMLDialogElement {
	const rows = [...KEYS.map(({ shownAs, what }) => [shownAs, what] as const), ["?", "this help"] as const, ...POINTER];
	const list = element("dl", { class: "help" });
	for (const [key, what] of rows) list.append(element("dt", {}, element("kbd", {}, key)), element("dd", {}, what));
	const dialog = element("dialog", { "aria-labelledby": "help-title" });
	const title = element("h2", { id: "help-title" }, "Keys and pointer");
	const close = button("Close", "Close the help", () => dialog.close());
	dialog.append(title, list, close);
	return dialog;
}
