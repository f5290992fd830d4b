/** Shared by all copies of this package in the process. */
const KEY = Symbol.for("lastcall.expected-errors");

/**
 * Marks an error whose message alone says what is wrong and what to do about it, such as a port that is taken. The log shows
 * that message without the stack and the fields, unless `NODE_DEBUG=lastcall` asks for them. Returns the error.
 */
export function markExpected<E extends object>(error: E): E {
	expectedErrors().add(error);
	return error;
}

/** Returns true if the message of `error` says everything. */
export function isExpected(error: unknown): error is Error {
	// Not `instanceof`: the error may be a `Proxy` that throws.
	return expectedErrors().has(error as object);
}

function expectedErrors(): WeakSet<object> {
	const holder = globalThis as { [KEY]?: WeakSet<object> };
	holder[KEY] ??= new WeakSet();
	return holder[KEY];
}
