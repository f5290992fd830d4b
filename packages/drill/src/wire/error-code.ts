/** An error's code, or else its name. */
export function errorCode(error: NodeJS.ErrnoException): string {
	return error.code ?? error.name;
}
