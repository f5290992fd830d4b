import { readFileSync } from "node:fs";

/** Returns the text of a file, or an empty string if it cannot be read: `/proc` is on Linux only. */
export function readText(path: string): string {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return "";
	}
}

/** What a process can find out about how it was started. */
export interface Surroundings {
	readonly pid: number;
	readonly ppid: number;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** True if standard input is a terminal. Then Ctrl+C stops the program, and it reaches the whole process group. */
	readonly isAtTerminal: boolean;
	/** Returns the text of a file, or an empty string if it cannot be read. */
	read(path: string): string;
	/** Resolves to what a command prints, or to an empty string if it fails. */
	execute(command: string, args: readonly string[]): Promise<string>;
}
