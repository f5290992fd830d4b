import { writeToStderr } from "./stderr.ts";

/** Standard error as a terminal. */
class StderrTerminal {
	readonly hasColors: boolean = !process.env.NO_COLOR;

	get columns(): number {
		return process.stderr.columns || 80;
	}

	get rows(): number {
		return process.stderr.rows || 24;
	}

	/** The number of bytes that this process has written to it. */
	get written(): number {
		const { stdout, stderr } = process;
		return stderr.bytesWritten + (stdout.isTTY ? stdout.bytesWritten : 0);
	}

	write(text: string): void {
		writeToStderr(text);
	}
}

/**
 * Returns standard error as a terminal, or `undefined` if it is a pipe or a file, in a CI job (`CI`), or on a terminal that cannot
 * move its cursor (`TERM=dumb`). There are no colors with `NO_COLOR`.
 */
export function stderrTerminal(): StderrTerminal | undefined {
	const { stderr, env } = process;
	const canRewrite = stderr.isTTY && env.TERM !== "dumb" && !isSet(env.CI);
	return canRewrite ? new StderrTerminal() : undefined;
}

function isSet(value: string | undefined): boolean {
	return value !== undefined && !["", "0", "false"].includes(value);
}
