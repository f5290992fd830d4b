import { platformTable } from "./platform-table.ts";
import type { ProcessTable } from "./process-table.ts";
import type { Program } from "./program.ts";
import { sendSignal } from "./send-signal.ts";
import { TargetError } from "./target-error.ts";
import { WatchedProcess } from "./watched-process.ts";

/**
 * Watches a process that is not the drill's child. Rejects with a `TargetError` that names the pid if there is no such process
 * or the drill may not signal it, and on Windows; with a `RangeError` if it is no pid, or the drill's own. The caller must call
 * `close` or `kill` in the end: watching keeps the drill running.
 */
export async function watchPid(pid: number, table: ProcessTable = platformTable()): Promise<Program> {
	if (!Number.isSafeInteger(pid) || pid <= 0) throw new RangeError(`pid: wanted a positive integer, got ${pid}`);
	if (pid === process.pid) throw new RangeError(`pid: ${pid} is the drill itself`);
	const isThere = sendSignal(pid, 0);
	const entries = await table.read();
	const entry = entries.find((other) => other.pid === pid);
	if (!isThere || !entry) throw new TargetError("ERR_DRILL_NO_SUCH_PROCESS", `There is no process ${pid}.`);
	const drill = entries.find((other) => other.pid === process.pid);
	return new WatchedProcess(entry, { table, isInOurGroup: drill?.group === entry.group });
}
