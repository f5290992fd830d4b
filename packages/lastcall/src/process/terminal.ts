import { fstatSync } from "node:fs";
import { shadowWrite } from "./shadow-write.ts";
import { writeToStderr } from "./stderr.ts";

/** Standard error as a terminal. */
class StderrTerminal {
	readonly hasColors: boolean = !process.env.NO_COLOR;
	#isWriting = false;

	get columns(): number {
		return process.stderr.columns || 80;
	}

	get rows(): number {
		return process.stderr.rows || 24;
	}

	write(text: string): void {
		this.#isWriting = true;
		writeToStderr(text);
		this.#isWriting = false;
	}

	watch(onWrite: (text: string) => void, onExit: () => void): () => void {
		const { stdout, stderr } = process;
		const streams = isSameTerminal(stdout.fd, stderr.fd) ? [stdout, stderr] : [stderr];
		const ends = streams.map((stream) =>
			shadowWrite(stream, (text) => {
				if (!this.#isWriting && text !== "") onWrite(text);
			}),
		);
		process.once("exit", onExit);
		return () => {
			for (const end of ends) end();
			process.removeListener("exit", onExit);
		};
	}
}

/** Returns true if both are open, and are one terminal. */
function isSameTerminal(one: number, other: number): boolean {
	try {
		const [a, b] = [fstatSync(one), fstatSync(other)];
		return a.isCharacterDevice() && a.rdev === b.rdev;
	} catch {
		return false;
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
