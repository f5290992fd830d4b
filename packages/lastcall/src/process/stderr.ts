let broken: unknown;

/** Writes one line to standard error, until nobody reads it any more: each further try would be one more error. */
export function logToStderr(line: string): void {
	if (broken !== undefined) return;
	process.stderr.write(`${line}\n`, (error) => {
		broken ??= error ?? undefined;
	});
}

/** Reports whether `error` only says that nobody reads the log. */
export function isLogError(error: unknown): boolean {
	return error !== undefined && error === broken;
}
