/**
 * Finds where a function of Node.js was called, on the stack of this call: `at shutDown (/app/server.js:12:3)`. Returns
 * `undefined` where the stack has no frame of that function.
 * @param isCall matches the frame of that function, without the spaces before it
 */
export function callerOf(isCall: RegExp): string | undefined {
	const { stack = "" } = new Error("here");
	const frames = stack.split("\n").map((line) => line.trim());
	const call = frames.findIndex((frame) => isCall.test(frame));
	return call < 0
		? undefined
		: frames
				.slice(call + 1)
				.find((frame) => !/\bnode:/.test(frame))
				?.replace("file://", "");
}
