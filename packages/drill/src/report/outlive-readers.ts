/**
 * Lets the program go on when nobody reads its output any more, as with `| head -1` or a terminal that is closed: it has an
 * exit code to tell, files to write and a target to end.
 */
export function outliveReaders(...streams: readonly NodeJS.WriteStream[]): void {
	for (const stream of streams) {
		stream.on("error", (error: NodeJS.ErrnoException) => {
			if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
		});
	}
}
