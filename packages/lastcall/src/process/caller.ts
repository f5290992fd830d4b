/**
 * Where a function of Node.js's own was called, on the stack of this very call: `at shutDown (/app/server.js:12:3)`.
 * @param isCall tells its frame, without the spaces before it, from others
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
