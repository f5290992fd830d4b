let broken: unknown;

/** Writes one line to standard error, until nobody reads it any more: each further try would be one more error. */
export function logToStderr(line: string): void {
	writeToStderr(`${line}\n`);
}

/** The same for any text. */
export function writeToStderr(text: string): void {
	if (broken !== undefined) return;
	process.stderr.write(text, (error) => {
		broken ??= error ?? undefined;
	});
}

/** Reports whether `error` only says that nobody reads the log. */
export function isLogError(error: unknown): boolean {
	return error !== undefined && error === broken;
}
