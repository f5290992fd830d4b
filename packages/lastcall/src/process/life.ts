/**
 * Hears exceptions that nobody caught, and rejections that nobody handled unless the program has asked Node for something
 * else (`--unhandled-rejections`, a listener of its own). Returns what takes the listener away.
 */
export function onUncaught(heard: (error: unknown) => void): () => void {
	process.on("uncaughtException", heard);
	return () => void process.removeListener("uncaughtException", heard);
}

/** Hears that the event loop ran empty: the program is done, or waits for something that can't come. */
export function onEmptyLoop(heard: () => void): () => void {
	process.on("beforeExit", heard);
	return () => void process.removeListener("beforeExit", heard);
}
