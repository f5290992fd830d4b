/** Returns a line of the log with what marks it as lastcall's, among the lines of the program. */
export function prefixed(line: string): string {
	return `lastcall: ${line}`;
}
