/** A call on the stack. */
export interface Caller {
	/** The stack frame: `shutDown (/app/server.js:12:3)`. */
	readonly frame: string;
	/** The place alone: `/app/server.js:12:3`. In Node.js's own code it begins with `node:`. */
	readonly place: string;
}

/** Lists what has called `called`, which must be running: its caller first. Frames without a place are left out. */
export function listCallers(called: (...args: never[]) => unknown): Caller[] {
	const holder: { stack?: unknown } = {};
	// Leaves out the call of `called` and everything above it. The stack is empty if there is no such call.
	Error.captureStackTrace(holder, called);
	const [, ...frames] = String(holder.stack)
		.replaceAll("file://", "")
		.split(/\n\s+at /);
	return frames.flatMap((frame) => {
		const [, place] = /([^\s(]+:\d+:\d+)\)?$/.exec(frame) ?? [];
		return place === undefined ? [] : [{ frame, place }];
	});
}

/** Finds the nearest caller of `called` that is not Node.js's own code. */
export function findCaller(called: (...args: never[]) => unknown): Caller | undefined {
	return listCallers(called).find(({ place }) => !place.startsWith("node:"));
}
