/**
 * Puts `by` in the place of a method, on this one object. Returns a function that gives the object its own back, unless something else
 * stands in the place by then. Does nothing where there is no such method, or where it can't be replaced.
 */
export function shadowMethod<Shadowed extends object>(object: Shadowed, name: keyof Shadowed, by: unknown): () => void {
	const own = Object.getOwnPropertyDescriptor(object, name);
	if (object[name] === undefined || own?.configurable === false) return () => {};
	Object.defineProperty(object, name, { value: by, writable: true, configurable: true });
	return () => {
		if (object[name] !== by) return;
		if (own === undefined) Reflect.deleteProperty(object, name);
		else Object.defineProperty(object, name, own);
	};
}
