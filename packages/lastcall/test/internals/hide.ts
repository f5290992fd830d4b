import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";

/** The compiled files of the library, and those that are published. */
const LIBRARY = ["dist/", "lib/"].map((folder) => fileURLToPath(new URL(`../../../${folder}`, import.meta.url)));

/** What undoes a change when the test is over; `TestContext` does, and a fixture needs nothing. */
type Undo = Pick<TestContext, "after">;

/**
 * Takes a property away from the library alone: it reads `undefined`, and what it writes is dropped. Node.js and the test still
 * have the property. Given a prototype, it does so for all objects that are made from now on.
 */
export function hide(undo: Undo | undefined, target: object, key: PropertyKey): void {
	redefine(undo, target, key, false);
}

/** Keeps the library from shadowing a method: it can still call it, and what it puts in the place of it is dropped. */
export function keep(undo: Undo | undefined, target: object, method: PropertyKey): void {
	redefine(undo, target, method, true);
}

function redefine(undo: Undo | undefined, target: object, key: PropertyKey, isReadable: boolean): void {
	const own = Object.getOwnPropertyDescriptor(target, key);
	const inherited: unknown = Reflect.get(target, key);
	const values = new WeakMap<object, { readonly value: unknown }>();
	Object.defineProperty(target, key, {
		configurable: true,
		get(this: object) {
			if (!isReadable && isLibrary()) return undefined;
			const known = values.get(this);
			if (known !== undefined) return known.value;
			return own?.get === undefined ? inherited : own.get.call(this);
		},
		set(this: object, value: unknown) {
			if (!isLibrary()) values.set(this, { value });
		},
	});
	undo?.after(() => {
		if (own === undefined) Reflect.deleteProperty(target, key);
		else Object.defineProperty(target, key, own);
	});
}

/** Returns true if the accessor that calls this was used by a file of the library. */
export function isLibrary(): boolean {
	const { stackTraceLimit } = Error;
	Error.stackTraceLimit = 3;
	const { stack = "" } = new Error("here");
	Error.stackTraceLimit = stackTraceLimit;
	const [, , , frame = ""] = stack.split("\n");
	return LIBRARY.some((folder) => frame.includes(folder));
}
