import { readFile } from "node:fs/promises";

/** Linux counts in hundredths of a second for user space, whatever the kernel's own clock. */
const TICKS_PER_SECOND = 100;

/** The CPU time that a living process has taken so far. Source: proc_pid_stat(5). */
export async function cpuSeconds(pid: number): Promise<number> {
	const text = await readFile(`/proc/${pid}/stat`, "latin1");
	// The name of the program is in parentheses and may itself contain spaces and parentheses.
	const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
	return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
