/** What `get` returns, or `undefined` where it throws: an object of the program may have getters, or be a `Proxy`. */
export function tryGet<T>(get: () => T): T | undefined {
	try {
		return get();
	} catch {
		return undefined;
	}
}

/** `value` as a string, whatever it is: not every object has a `toString` that works. */
export function stringOf(value: unknown): string {
	return tryGet(() => String(value)) ?? "something that can't be shown";
}
