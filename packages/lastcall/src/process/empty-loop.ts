/** Hears that the event loop ran empty: the program is done, or waits for something that can't come. */
export function onEmptyLoop(heard: () => void): () => void {
	process.on("beforeExit", heard);
	return () => void process.removeListener("beforeExit", heard);
}
