import { writeToStderr } from "./stderr.ts";

/** Standard error, where it is a terminal. */
class StderrTerminal {
	readonly hasColors: boolean = !process.env.NO_COLOR;

	get columns(): number {
		return process.stderr.columns || 80;
	}

	get rows(): number {
		return process.stderr.rows || 24;
	}

	/** How many bytes this process has written to it. */
	get written(): number {
		const { stdout, stderr } = process;
		return stderr.bytesWritten + (stdout.isTTY ? stdout.bytesWritten : 0);
	}

	write(text: string): void {
		writeToStderr(text);
	}
}

/**
 * Standard error as a terminal that somebody looks at, or `undefined` where it is none: a pipe or a file, a CI job
 * (`CI`), or a terminal that can't move its cursor (`TERM=dumb`). `NO_COLOR` is obeyed.
 */
export function stderrTerminal(): StderrTerminal | undefined {
	const { stderr, env } = process;
	const canRewrite = stderr.isTTY && env.TERM !== "dumb" && !isSet(env.CI);
	return canRewrite ? new StderrTerminal() : undefined;
}

function isSet(value: string | undefined): boolean {
	return value !== undefined && !["", "0", "false"].includes(value);
}
