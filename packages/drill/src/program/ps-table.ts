import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import { lsofArguments, parseLsof } from "./lsof-output.ts";
import type { ProcessTable } from "./process-table.ts";
import { PS_ARGUMENTS, type PsEntry, parsePs } from "./ps-output.ts";
import { sendSignal } from "./send-signal.ts";
import { TargetError } from "./target-error.ts";

const execFileAsync = promisify(execFile);
// Otherwise the names of days and months are in the user's language.
const OPTIONS = { env: { ...process.env, LC_ALL: "C" }, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 } as const;
const COMMANDS = new WeakMap<object, string>();

/**
 * The table of macOS and the BSDs, from `ps` and `lsof`. It has no environments of processes, and for `isLiving` a zombie
 * is alive.
 */
export const PS_TABLE: ProcessTable = {
	async read() {
		const { stdout } = await execFileAsync("ps", PS_ARGUMENTS, OPTIONS).catch((cause: unknown) => {
			throw new TargetError("ERR_DRILL_TOOL_FAILED", "Can't list the processes: ps failed.", { cause });
		});
		return remember(parsePs(stdout));
	},
	readSync: () => remember(parsePs(spawnSync("ps", PS_ARGUMENTS, OPTIONS).stdout ?? "")),
	isLiving: ({ pid }) => sendSignal(pid, 0),
	hasInEnvironment: () => false,
	commandOf: (entry) => COMMANDS.get(entry) ?? "",
	async listening(pids) {
		if (pids.length === 0) return [];
		const { stdout } = await execFileAsync("lsof", lsofArguments(pids), OPTIONS).catch(foundNone);
		const sockets = parseLsof(stdout);
		// `lsof` sorts in its own order.
		return sockets.toSorted((a, b) => pids.indexOf(a.pid) - pids.indexOf(b.pid));
	},
};

function remember(entries: readonly PsEntry[]): readonly PsEntry[] {
	for (const entry of entries) COMMANDS.set(entry, entry.command);
	return entries;
}

/** `lsof` exits with 1 if it finds nothing for one of the processes. */
function foundNone(cause: Error & { code?: unknown; stdout?: string }): { stdout: string } {
	if (cause.code === 1) return { stdout: cause.stdout ?? "" };
	const message = "Can't list the listening ports: lsof failed. Install lsof, or give the URL with --url.";
	throw new TargetError("ERR_DRILL_TOOL_FAILED", message, { cause });
}
