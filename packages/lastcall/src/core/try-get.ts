/** Returns what `get` returns, or `undefined` if it throws: an object of the program may have getters, or be a `Proxy`. */
export function tryGet<T>(get: () => T): T | undefined {
	try {
		return get();
	} catch {
		return undefined;
	}
}

/** Returns `value` as a string. Does not throw, though not every object has a `toString` that works. */
export function toText(value: unknown): string {
	return tryGet(() => String(value)) ?? "something that can't be shown";
}
