import type { ProcessEntry } from "./process-table.ts";

/** What `ps` is called with, so that `parsePs` can read it. Understood by macOS, the BSDs and Linux. */
export const psArguments: readonly string[] = ["-A", "-ww", "-o", "pid=,ppid=,pgid=,stat=,lstart=,command="];

/** A line of `ps`. */
export interface PsEntry extends ProcessEntry {
	readonly command: string;
}

// The start is five words, as in "Wed Nov 25 10:03:10 2026".
const line = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s*(.*)$/;

/** Reads what `ps` said; zombies are left out. */
export function parsePs(text: string): PsEntry[] {
	return text.split("\n").flatMap((row) => {
		const [, pid, parent, group, state, start, command] = line.exec(row) ?? [];
		if (state === undefined || start === undefined || state.startsWith("Z")) return [];
		const startedAt = Date.parse(start) || 0;
		return [
			{ pid: Number(pid), parent: Number(parent), group: Number(group), startedAt, command: command?.trim() ?? "" },
		];
	});
}
