import type { ProcessEntry } from "./process-table.ts";

/**
 * Reads the text of `/proc/<pid>/stat`. Returns undefined for a zombie, and for any other text.
 * Source: proc_pid_stat(5).
 */
export function parseProcStat(text: string): ProcessEntry | undefined {
	// The name of the program is in parentheses, and may itself contain spaces and parentheses.
	const nameEnds = text.lastIndexOf(")");
	if (nameEnds < 0) return undefined;
	const [state, parent, group, ...rest] = text.slice(nameEnds + 2).split(" ");
	const startedAt = rest[16];
	if (startedAt === undefined || state === "Z" || state === "X") return undefined;
	return { pid: Number.parseInt(text, 10), parent: Number(parent), group: Number(group), startedAt: Number(startedAt) };
}
