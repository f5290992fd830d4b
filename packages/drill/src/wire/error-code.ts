/** Returns an error's code, or its name if it has none. */
export function errorCode(error: NodeJS.ErrnoException): string {
	return error.code ?? error.name;
}
