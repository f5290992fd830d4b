/**
 * Keeps the drill running when its output has no reader any more, as with `| head -1` or a closed terminal. It still has to end
 * the target, write its files and return its exit code.
 */
export function ignoreBrokenPipes(...streams: readonly NodeJS.WriteStream[]): void {
	for (const stream of streams) {
		stream.on("error", (error: NodeJS.ErrnoException) => {
			if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
		});
	}
}
