type Children = readonly (Node | string)[];

/**
 * Creates an element. Text becomes a text node and attributes are set as attributes, so that nothing in the data is taken
 * for markup.
 */
export function element<Name extends keyof HTMLElementTagNameMap>(
	name: Name,
	attributes: Readonly<Record<string, string>> = {},
	...children: Children
): HTMLElementTagNameMap[Name] {
	const made = document.createElement(name);
	for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
	made.append(...children);
	return made;
}

/** Creates a button with one action. */
export function button(label: Node | string, title: string, act: () => void): HTMLButtonElement {
	const made = element("button", { type: "button", title, "aria-label": title }, label);
	made.addEventListener("click", act);
	return made;
}
