/** The error of the first write that failed: nothing reads standard error any more. */
let writeError: unknown;

/** Writes one line to standard error. Does nothing after a write has failed, since each further one would be one more error. */
export function logToStderr(line: string): void {
	writeToStderr(`${line}\n`);
}

/** Writes any text to standard error, as `logToStderr` does. */
export function writeToStderr(text: string): void {
	if (writeError !== undefined) return;
	process.stderr.write(text, (error) => {
		writeError ??= error ?? undefined;
	});
}

/** Returns true if `error` only says that nothing reads the log. */
export function isLogError(error: unknown): boolean {
	return error !== undefined && error === writeError;
}

/** Keeps a write of the log that has failed from being an uncaught error. Other errors of standard error stay the program's. */
export function ignoreLogErrors(): void {
	process.stderr.on("error", (error) => {
		if (!isLogError(error) && process.stderr.listenerCount("error") === 1) throw error;
	});
}
