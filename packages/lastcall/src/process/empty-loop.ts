/**
 * Calls `onEmpty` when the event loop runs empty: the program has finished, or waits for something that cannot happen. Returns
 * a function that removes the listener.
 */
export function onEmptyLoop(onEmpty: () => void): () => void {
	process.on("beforeExit", onEmpty);
	return () => void process.removeListener("beforeExit", onEmpty);
}
