/** A place in the program that has called something. */
export interface Caller {
	/** The stack frame: `shutDown (/app/server.js:12:3)`. */
	readonly frame: string;
	/** The place alone: `/app/server.js:12:3`. */
	readonly place: string;
}

/**
 * Finds out from the call stack what has called `called`, which must be running. Returns `undefined` if the stack has no such
 * call.
 */
export function findCaller(called: (...args: never[]) => unknown): Caller | undefined {
	const holder: { stack?: unknown } = {};
	// Leaves out the call of `called` and everything above it.
	Error.captureStackTrace(holder, called);
	const [, top] = String(holder.stack)
		.replaceAll("file://", "")
		.split(/\n\s+at /);
	const [, place] = /([^\s(]+:\d+:\d+)\)?$/.exec(top ?? "") ?? [];
	return top === undefined || place === undefined ? undefined : { frame: top, place };
}
