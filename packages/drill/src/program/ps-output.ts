import type { ProcessEntry } from "./process-table.ts";

/** The arguments of `ps` for an output that `parsePs` reads. macOS, the BSDs and Linux know them. */
export const PS_ARGUMENTS: readonly string[] = ["-A", "-ww", "-o", "pid=,ppid=,pgid=,stat=,lstart=,command="];

/** A line of `ps`. */
export interface PsEntry extends ProcessEntry {
	readonly command: string;
}

// The start is five words, as in "Wed Nov 25 10:03:10 2026".
const LINE = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s*(.*)$/;

/** Reads the output of `ps`, without zombies. */
export function parsePs(text: string): PsEntry[] {
	return text.split("\n").flatMap((row) => {
		const [, pid, parent, group, state, start, command] = LINE.exec(row) ?? [];
		if (state === undefined || start === undefined || state.startsWith("Z")) return [];
		const startedAt = Date.parse(start) || 0;
		return [
			{ pid: Number(pid), parent: Number(parent), group: Number(group), startedAt, command: command?.trim() ?? "" },
		];
	});
}
