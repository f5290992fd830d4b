import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import { lsofArguments, parseLsof } from "./lsof-output.ts";
import type { ProcessTable } from "./process-table.ts";
import { type PsEntry, parsePs, psArguments } from "./ps-output.ts";
import { sendSignal } from "./send-signal.ts";
import { TargetError } from "./target-error.ts";

const run = promisify(execFile);
// Names of days and months are in the user's language otherwise.
const options = { env: { ...process.env, LC_ALL: "C" }, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 } as const;
const commands = new WeakMap<object, string>();

/**
 * macOS and the BSDs: what `ps` and `lsof` tell. The environment of others is not told, and a process whose parent has
 * not collected it counts as living for `isLiving`.
 */
export const psTable: ProcessTable = {
	async read() {
		const { stdout } = await run("ps", psArguments, options).catch((cause: unknown) => {
			throw new TargetError("ERR_DRILL_TOOL_FAILED", "The processes can't be listed: ps failed.", { cause });
		});
		return remember(parsePs(stdout));
	},
	readSync: () => remember(parsePs(spawnSync("ps", psArguments, options).stdout ?? "")),
	isLiving: ({ pid }) => sendSignal(pid, 0),
	hasInEnvironment: () => false,
	commandOf: (entry) => commands.get(entry) ?? "",
	async listening(pids) {
		if (pids.length === 0) return [];
		const { stdout } = await run("lsof", lsofArguments(pids), options).catch(foundNone);
		const sockets = parseLsof(stdout);
		// lsof has an order of its own.
		return sockets.toSorted((a, b) => pids.indexOf(a.pid) - pids.indexOf(b.pid));
	},
};

function remember(entries: readonly PsEntry[]): readonly PsEntry[] {
	for (const entry of entries) commands.set(entry, entry.command);
	return entries;
}

/** lsof exits with 1 where it has nothing to tell of one of the processes. */
function foundNone(cause: Error & { code?: unknown; stdout?: string }): { stdout: string } {
	if (cause.code === 1) return { stdout: cause.stdout ?? "" };
	const message = "The listening ports can't be listed: lsof failed. Is it installed? Otherwise name the URL.";
	throw new TargetError("ERR_DRILL_TOOL_FAILED", message, { cause });
}
